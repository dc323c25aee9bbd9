import { counting, poisson } from "@dbd/boltzmann";
import { expect, test } from "vitest";
import { learnClosureRow } from "../../reference/closureRow.ts";

const cases = [counting, poisson].flatMap((base) => [1, 2, 3].map((seed) => ({ base, name: base.name, seed })));

test.each(cases)(
  "annihilation over the base $name, seed $seed: one learned row predicts starts never seen",
  async ({ base, seed }) => {
    const { heldOut } = await learnClosureRow(base, seed);
    for (const { mean, variance, excess } of heldOut) {
      expect(mean).toBeLessThan(1e-3);
      expect(variance).toBeLessThan(3e-3);
      expect(excess).toBeLessThan(1e-6);
    }
  },
);

test.each([1, 2, 3])(
  "from 10⁴ simulated trajectories a start, seed %d: 0.5 % and 1.5 % on the held-out Poisson(14)",
  async (seed) => {
    const { heldOut } = await learnClosureRow(counting, seed, { runs: 10_000 });
    const [{ mean, variance }] = heldOut;
    console.log(`seed ${seed}: mean ${(100 * mean).toFixed(2)} %, variance ${(100 * variance).toFixed(2)} %`);
    expect(mean).toBeLessThan(0.005);
    expect(variance).toBeLessThan(0.015);
  },
);

test("immigration and annihilation over 1/n!, from n = 0, never seen: far inside of the analytic 0.009 % and 0.16 %", async () => {
  for (const seed of [1, 2, 3]) {
    const { heldOut } = await learnClosureRow(poisson, seed, { system: "immigration" });
    expect(heldOut[0].mean).toBeLessThan(9e-5);
    expect(heldOut[0].variance).toBeLessThan(1.6e-3);
    expect(heldOut[0].excess).toBeLessThan(1e-8);
  }
});
