import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import { expect, test } from "vitest";
import { ensembleBand, fitEnsemble, type Fit } from "./ensemble.ts";

const losses = [0.01, 0.42, 0.008, Number.NaN, 0.011];
const fit: Fit = (seed) => {
  if (seed === 5) return Promise.reject(new NumericalError("solve", "y is not finite"));
  if (seed === 6) return Promise.reject(new TypeError("a mistake"));
  const objective = Float64Array.of(1, losses[seed]);
  return Promise.resolve({ u: Float64Array.of(seed), objective, iterations: 1, stopped: "converged" });
};

test("stuck fits are replaced by fits from new seeds, and reported", async () => {
  const { members, discarded } = await fitEnsemble(fit, { members: 3 });
  expect(members.map(({ seed }) => seed)).toEqual([2, 0, 4]);
  expect(discarded).toEqual([
    { seed: 3, reason: "its score is NaN" },
    { seed: 1, reason: "stuck: its score is 0.420, the best is 0.00800" },
  ]);
});

test("when restarts are used up there are fewer members, and mistakes are not swallowed", async () => {
  const few = await fitEnsemble(fit, { members: 3, restarts: 0 });
  expect(few.members.map(({ seed }) => seed)).toEqual([2, 0]);
  const lost = await fitEnsemble(fit, { members: 2, first: 4, restarts: 0 });
  expect(lost.discarded).toEqual([{ seed: 5, reason: "solve: y is not finite." }]);
  await expect(fitEnsemble(fit, { members: 3, first: 4 })).rejects.toThrow(TypeError);
  await expect(fitEnsemble(fit, { members: 1, first: 5, restarts: 0 })).rejects.toThrow("no fit succeeded");
  await expect(fitEnsemble(fit, { members: 0 })).rejects.toThrow(ArgumentError);
  await expect(fitEnsemble(fit, { members: 1, stuck: 1 })).rejects.toThrow("stuck must be above 1");
});

test("an ensemble that is stopped keeps what it has", async () => {
  const stopped: Fit = async (seed) => ({ ...(await fit(seed)), stopped: "aborted" });
  expect((await fitEnsemble(stopped, { members: 3 })).members).toHaveLength(1);
});

test("the band averages who has a prediction and counts who has none", () => {
  const members = [1, 3, -1, 5].map((v) => ({ u: Float64Array.of(v) }));
  const band = ensembleBand(members, (u) => {
    if (u[0] < 0) throw new NumericalError("solve", "y is not finite");
    return u[0] === 5 ? Float64Array.of(Number.NaN, 0) : Float64Array.of(u[0], 2 * u[0]);
  });
  expect(band).toEqual({
    mean: Float64Array.of(2, 4),
    spread: Float64Array.of(Math.SQRT2, Math.sqrt(8)),
    low: Float64Array.of(1, 2),
    high: Float64Array.of(3, 6),
    lost: 2,
  });
  expect(() => ensembleBand(members.slice(2, 3), () => Float64Array.of(NaN))).toThrow("none of 1 members");
});
