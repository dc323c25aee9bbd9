import { expect, test } from "vitest";
import { escapeText, fitText, formatNumber, power, subscript, textWidth, wrapText } from "./text.ts";

test("markup and what XML forbids are escaped", () => {
  expect(escapeText(`<a b="c">'&`)).toBe("&lt;a b=&quot;c&quot;&gt;&#39;&amp;");
  expect(escapeText("a\u0000b\ud800c😀")).toBe("a\ufffdb\ufffdc😀");
});

test("numbers read well at every size", () => {
  const cases: [number, string][] = [
    [0, "0"],
    [-0, "0"],
    [1, "1"],
    [-2.5, "−2.5"],
    [0.001234, "0.00123"],
    [0.0001, "10⁻⁴"],
    [0.00012345, "1.23·10⁻⁴"],
    [12345, "12345"],
    [123456, "1.23·10⁵"],
    [-1e-12, "−10⁻¹²"],
    [999.9, "1000"],
    [NaN, "–"],
    [Infinity, "∞"],
    [-Infinity, "−∞"],
  ];
  for (const [value, text] of cases) expect(formatNumber(value)).toBe(text);
  expect(power(-10)).toBe("10⁻¹⁰");
  expect(subscript(12)).toBe("₁₂");
});

test("a text that is too wide is cut with an ellipsis", () => {
  expect(fitText("short", 100)).toBe("short");
  const cut = fitText("a rather long name of a start", 80);
  expect(cut).toMatch(/…$/);
  expect(textWidth(cut)).toBeLessThanOrEqual(80);
  expect(fitText("mm", 1)).toBe("m…");
});

test("lines break at spaces", () => {
  const lines = wrapText("one two three four five", 80);
  expect(lines.length).toBeGreaterThan(1);
  expect(lines.join(" ")).toBe("one two three four five");
  for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(80);
  expect(wrapText("Donaudampfschifffahrtsgesellschaft", 60)[0]).toMatch(/…$/);
});
