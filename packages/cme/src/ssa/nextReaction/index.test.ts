import { NumericalError } from "@dbd/numerics/errors";
import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { compile } from "../../compile.ts";
import { parseNetwork } from "../../parse.ts";
import { methodConformance } from "../../testing.ts";
import { nextReaction } from "./index.ts";
import { createQueue } from "./queue.ts";

test("the method conforms", () => {
  expect(methodConformance(nextReaction, { runs: 2000 })).toEqual([]);
});

test("a failure names reaction, state and time", () => {
  const net = compile(parseNetwork("fall: 0 -> A @ = 2.5 - A"));
  const trajectory = {
    x: Float64Array.of(0, 1),
    start: 0,
    times: Float64Array.of(1000),
    random: stream("nextReaction", 0),
    out: new Int32Array(1),
    maxEvents: Infinity,
  };
  expect(() => nextReaction.prepare(net)(trajectory)).toThrow(NumericalError);
  trajectory.x[0] = 0;
  expect(() => nextReaction.prepare(net)(trajectory)).toThrow(
    /the propensity of reaction "fall" is -0.5 at A = 3, t = /,
  );
});

test("the queue keeps the smallest time first through random updates", () => {
  const count = 37;
  const random = stream("queue", 0);
  const queue = createQueue(count);
  for (let i = 0; i < count; i++) queue.time[i] = random();
  queue.build();
  for (let k = 0; k < 2000; k++) {
    queue.set(Math.floor(random() * count), random() < 0.1 ? Infinity : random());
    expect(queue.time[queue.first()]).toBe(Math.min(...queue.time));
  }
  expect(createQueue(0).first()).toBe(-1);
});
