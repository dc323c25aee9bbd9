import { expect, test } from "vitest";
import { projectedRows, runProjected } from "../../reference/projectedTable.ts";

const rows = Object.entries(projectedRows).filter(([name]) => name.startsWith("Schlögl"));

test.each(rows)("the projected dynamics reproduce the reference table: %s", (_, row) => {
  const { kl } = runProjected(row);
  const close = (got: number, expected: number): boolean => Math.abs(got - expected) <= Math.max(0.02 * expected, 1e-8);
  expect(kl).toHaveLength(row.times.length);
  expect(close(kl.at(-1) ?? NaN, row.expected[0])).toBe(true);
  expect(close(Math.max(...kl), row.expected[1])).toBe(true);
});
