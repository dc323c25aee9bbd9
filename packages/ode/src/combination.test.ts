import { expect, test } from "vitest";
import { combination, combine } from "./combination.ts";

test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 11])(
  "%i terms are summed, in place too, and zero weights are left out",
  (count) => {
    const terms = Array.from({ length: count + 1 }, (_, j) => Float64Array.of(j + 1, 10 ** -j));
    const weights = Array.from({ length: count + 1 }, (_, j) => (j === count ? 0 : 2 ** j));
    const sum = combination([99, ...weights], 1, count + 1, terms);
    expect(sum.terms).toHaveLength(count);
    const expected = [0, 1].map((p) => weights.reduce((total, w, j) => total + 0.5 * w * terms[j][p], 7));
    const base = Float64Array.of(7, 7);
    const target = new Float64Array(2);
    combine(target, base, 0.5, sum);
    combine(base, base, 0.5, sum);
    for (const got of [target, base]) expect([...got]).toEqual(expected.map((v) => expect.closeTo(v, 9)));
  },
);
