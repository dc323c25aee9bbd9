import { NumericalError } from "@dbd/numerics/errors";
import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { compile } from "../../compile.ts";
import { parseNetwork } from "../../parse.ts";
import { methodConformance } from "../../testing.ts";
import { sortingDirect } from "./index.ts";

test("the method conforms", () => {
  expect(methodConformance(sortingDirect, { runs: 2000 })).toEqual([]);
});

test("a failure names reaction, state and time", () => {
  const net = compile(parseNetwork("fall: 0 -> A @ = 2.5 - A"));
  const trajectory = {
    x: Float64Array.of(0, 1),
    start: 0,
    times: Float64Array.of(1000),
    random: stream("sortingDirect", 0),
    out: new Int32Array(1),
    maxEvents: Infinity,
  };
  expect(() => sortingDirect.prepare(net)(trajectory)).toThrow(NumericalError);
  trajectory.x[0] = 0;
  expect(() => sortingDirect.prepare(net)(trajectory)).toThrow(
    /the propensity of reaction "fall" is -0.5 at A = 3, t = /,
  );
});
