import { expect, test } from "vitest";
import { interpolateDifferences, rescaleDifferences } from "./differences.ts";

/** ∇^j of f at t = 0 over the step h. */
function differencesOf(f: (t: number) => number, h: number, order: number): Float64Array[] {
  let row = Array.from({ length: order + 1 }, (_, i) => f(-i * h));
  const out: Float64Array[] = [];
  while (row.length > 0) {
    out.push(Float64Array.of(row[0]));
    row = row.slice(1).map((v, i) => row[i] - v);
  }
  return out;
}

test.each([1, 2, 3, 4, 5])(
  "differences of a polynomial of degree %i: rescaled as if taken anew, and interpolated",
  (n) => {
    const f = (t: number): number => 1 + (t - 0.3) ** n;
    const d = differencesOf(f, 0.2, n);
    const out = new Float64Array(1);
    for (const s of [0, -0.35, -1, -2.5]) {
      interpolateDifferences(d, n, s, out);
      expect(out[0]).toBeCloseTo(f(0.2 * s), 13);
    }
    rescaleDifferences(d, n, 1.7);
    differencesOf(f, 0.34, n).forEach((v, j) => expect(d[j][0]).toBeCloseTo(v[0], 13));
  },
);
