import { counting, poisson } from "@dbd/boltzmann";
import { expect, test } from "vitest";
import { learnClosureRow } from "../../reference/closureRow.ts";

const cases = [counting, poisson].flatMap((base) => [2, 3].map((seed) => ({ base, name: base.name, seed })));

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
