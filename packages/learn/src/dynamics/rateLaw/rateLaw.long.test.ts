import { expect, test } from "vitest";
import { recoverProjected, recoverRateLaw } from "../../reference/plantedRates.ts";

test.each([1, 2, 3, 4, 5])("10⁴ runs give back planted constants within 2 %, set %d", async (seed) => {
  const [law, field] = [await recoverRateLaw(seed, 10_000), await recoverProjected(seed, 10_000)];
  console.log(`set ${seed}: rate laws ${(100 * law).toFixed(2)} %, projected ${(100 * field).toFixed(2)} %`);
  expect(law).toBeLessThan(0.02);
  expect(field).toBeLessThan(0.02);
});
