import { expect, test } from "vitest";
import { asin, atan, cos, sin, sinh, tanh } from "./expressionTrigonometry.ts";

const own = { sin, cos, atan, asin, sinh, tanh };

test.each(["sin", "cos", "atan", "asin", "sinh", "tanh"] as const)(
  "%s agrees with the language's own to some ulps",
  (name) => {
    // Near its zeros an absolute error counts for sine and cosine, whose argument is reduced to 1e-20.
    for (let i = 0; i < 4000; i++) {
      const x = (i % 2 === 0 ? 1 : -1) * 10 ** (-8 + i * 0.004);
      if ((name === "asin" && Math.abs(x) > 1) || (name === "sinh" && Math.abs(x) > 700)) continue;
      const want = Math[name](x);
      const scale = name === "sin" || name === "cos" ? Math.max(Math.abs(want), 1e-3) : Math.abs(want);
      expect(Math.abs(own[name](x) - want) / scale, `${name}(${x})`).toBeLessThan(1e-15);
    }
  },
);

test("what has no value is no number", () => {
  expect([own.sin(Infinity), own.cos(-Infinity), own.asin(1.5), own.atan(Number.NaN)]).toEqual([NaN, NaN, NaN, NaN]);
  expect([own.atan(Infinity), own.atan(-Infinity)]).toEqual([Math.PI / 2, -Math.PI / 2]);
  expect(own.tanh(50)).toBe(1);
  expect(own.tanh(-50)).toBe(-1);
});

test("arguments far beyond the doubles' own resolution are reduced exactly", () => {
  for (const x of [1e6 + 0.37, -3e7 - 0.123, 1e15, 1e22, 1e300]) {
    expect(Math.abs(own.sin(x) - Math.sin(x))).toBeLessThan(1e-15);
    expect(Math.abs(own.cos(x) - Math.cos(x))).toBeLessThan(1e-15);
  }
});
