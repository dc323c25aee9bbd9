import { hat } from "@dbd/numerics/functions/hat";
import { expect, test } from "vitest";
import { parametric } from "./dynamics/parametric/index.ts";
import { visitedRegions } from "./visited.ts";

test("the report gives range, fraction outside and the nodes in use, per output", () => {
  const f = hat([{ start: 0, end: 4, nodes: 5 }]);
  const dynamics = parametric([f, f], { inputs: [[0], [1]] });
  const path = Float64Array.of(0.5, 10, 1.5, 3.5, 1.25, 10, -1, 3.25);
  const [first, second] = visitedRegions(dynamics, [path]);
  expect([first.low[0], first.high[0], first.outside]).toEqual([-1, 1.5, 0.25]);
  expect([...first.coefficients]).toEqual([1, 1, 1, 0, 0]);
  expect([second.low[0], second.high[0], second.outside]).toEqual([3.25, 10, 0.5]);
  expect([...second.coefficients]).toEqual([0, 0, 0, 1, 1]);
});

test("no paths, nothing visited", () => {
  const [region] = visitedRegions(parametric([hat([{ start: 0, end: 1, nodes: 2 }])]), []);
  expect(region.outside).toBe(0);
  expect([...region.coefficients]).toEqual([0, 0]);
});
