import { expect, test } from "vitest";
import { follow, learnSchlogl, schloglData } from "./reference/schlogl.ts";

const starts = [150, 180, 200, 215, 225, 235, 265, 275, 290, 320, 360, 400, 450];
const mixed = [
  [0.5, 1, 10],
  [0.3, 2, 9],
  [0.7, 3, 8],
  [0.5, 4, 7],
  [0.5, 5, 6],
  [0.25, 5, 6],
  [0.75, 5, 6],
  [0.5, 0, 12],
] as const;

test("Schlögl, K = 4, learned from 13 other starts and 8 mixtures, predicts x₀ = 250 in 3 of 3 seeds", async () => {
  const data = schloglData(4, starts, mixed);
  const unseen = data.at(250);
  for (const seed of [1, 2, 3]) {
    const { problem, u } = await learnSchlogl(data, { hidden: 20, seed });
    const { worst, mean, floor } = follow(problem, u, unseen);
    console.log(`seed ${seed}: KL ${worst.toFixed(4)} (floor ${floor.toFixed(4)}), mean ${(100 * mean).toFixed(2)} %`);
    expect(worst).toBeLessThan(0.26);
    expect(mean).toBeLessThan(0.1);
  }
});

test("a fit of x₀ = 250 (no prediction): K = 4 and K = 6 reach their floors", async () => {
  for (const seed of [1, 2, 3]) {
    const four = schloglData(4, [250]);
    const { problem, u } = await learnSchlogl(four, { hidden: 12, seed, iterations: 20 });
    const { kl, mean, variance } = follow(problem, u, four.starts[0]);
    expect(kl).toBeLessThan(0.241);
    expect(mean).toBeLessThan(0.005);
    expect(variance).toBeLessThan(0.01);
  }
  const six = schloglData(6, [250]);
  const fit = await learnSchlogl(six, { hidden: 20, seed: 1, iterations: 20 });
  const { kl, floor, aboveFloor } = follow(fit.problem, fit.u, six.starts[0]);
  expect(kl).toBeLessThan(1.2 * floor);
  expect(aboveFloor).toBeLessThan(1.2); // at every time
});

test("the failure that teaches: three starts are followed to their floors, and say nothing of those between", async () => {
  const data = schloglData(4, [150, 250, 400]);
  const { problem, u } = await learnSchlogl(data, { hidden: 16, seed: 2, iterations: 30, polish: 60 });
  for (const start of data.starts) {
    const { kl, floor, mean } = follow(problem, u, start);
    expect(kl).toBeLessThan(1.02 * floor + 1e-4);
    expect(mean).toBeLessThan(0.01);
  }
  for (const x0 of [200, 300]) {
    const { kl, floor, mean } = follow(problem, u, data.at(x0));
    console.log(
      `x₀ = ${x0}: KL ${kl.toFixed(3)} (floor ${floor.toFixed(3)}), mean off by ${(100 * mean).toFixed(0)} %`,
    );
    expect(kl).toBeGreaterThan(floor + 0.2);
    expect(mean).toBeGreaterThan(0.2);
  }
});
