import { expect, test } from "vitest";
import { statisticDrift, statisticDrifts } from "./drift.ts";
import { solveExact } from "./exact.ts";
import { parseNetwork } from "./parse.ts";

test("the drift of n and of n(n − 1)/2 under birth and death", () => {
  const network = parseNetwork("A -> 2 A @ 0.5\nA -> 0 @ 1.5");
  const drift = statisticDrift(network, (n) => n, "A");
  expect([0, 1, 4].map(drift)).toEqual([0, -1, -4]);
  const [birth, death] = statisticDrifts(network, (n) => (n * (n - 1)) / 2, "A");
  expect([0, 1, 4].map(birth)).toEqual([0, 0.5, 8]);
  expect([0, 1, 4].map((n) => death(n) + 0)).toEqual([0, 0, -18]);
});

test("statistics are never asked below 0 copies", () => {
  const drift = statisticDrift(
    parseNetwork("2 A -> 0 @ 1"),
    (n) => {
      expect(n).toBeGreaterThanOrEqual(0);
      return n;
    },
    "A",
  );
  expect([0, 1, 2].map(drift)).toEqual([0, 0, -2]);
});

const phi = (n: number): number => n ** 3 / 10;

test("the mean drift is the time derivative of the mean statistic", () => {
  const network = parseNetwork("0 -> A @ 10\n2 A -> 0 @ 0.2\nF + A -> F @ 0.3\nboundary F = 2");
  const drift = statisticDrift(network, phi, "A");
  const h = 1e-3;
  const solution = solveExact(network, { times: [0.5 - h, 0.5, 0.5 + h], tolerance: 1e-12 });
  const value = solution.expectation((x) => phi(x[0]));
  const slope = (value[2] - value[0]) / (2 * h);
  expect(Math.abs(solution.expectation((x) => drift(x[0]))[1] / slope - 1)).toBeLessThan(1e-5);
});

test("laws of the species alone are followed, reactions of other species do not count", () => {
  const network = parseNetwork("0 -> A @ = 4/(1 + A)\nA -> A + B @ 1\nB -> 0 @ 1");
  expect(statisticDrift(network, (n) => n, "A")(3)).toBe(1);
});

test("a propensity of another species that moves is refused", () => {
  expect(() => statisticDrift(parseNetwork("A + B -> 0 @ 1"), (n) => n, "A")).toThrow("reaction 1 depends on B");
  const law = parseNetwork("act: 0 -> A @ = B\nB -> 0 @ 1");
  expect(() => statisticDrift(law, (n) => n, "A")).toThrow('reaction "act" depends on B, which moves too');
  expect(() => statisticDrift(law, (n) => n, "C")).toThrow("no species");
});
