import * as fc from "fast-check";
import { expect, test } from "vitest";
import { addTransposed, multiply, sparseRows } from "./sparse.ts";

const entry = fc.tuple(fc.nat(5), fc.integer({ min: -9, max: 9 }));

test("products agree with the dense matrix, and the transpose is the adjoint", () => {
  fc.assert(
    fc.property(fc.array(fc.array(entry, { maxLength: 6 }), { maxLength: 6 }), (rows) => {
      const a = sparseRows(6, rows);
      const u = Float64Array.of(99, 1, -2, 3, 5, -7, 11);
      const dense = rows.map((row) => row.reduce((sum, [column, value]) => sum + value * u[column + 1], 0));
      const product = new Float64Array(a.rows);
      multiply(a, u, 1, product);
      expect([...product]).toEqual(dense);
      const r = Float64Array.from(rows, (_, i) => i + 1);
      const back = new Float64Array(7);
      addTransposed(a, r, 2, back, 1);
      const left = back.reduce((sum, v, i) => sum + v * u[i], 0);
      expect(left).toBe(2 * dense.reduce((sum, v, i) => sum + v * r[i], 0));
    }),
    { seed: 3, numRuns: 100 },
  );
});

test("a matrix without rows multiplies to nothing", () => {
  expect(sparseRows(4, [])).toMatchObject({ rows: 0, columns: 4, start: Int32Array.of(0) });
});
