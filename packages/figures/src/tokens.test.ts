import { expect, test } from "vitest";
import { figureStyle, lineStyles, type Token, tokens, tokenStyle } from "./tokens.ts";

/** Relative luminance and contrast after WCAG 2.2. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

test("words have 4.5 to 1 and marks 3 to 1 against the ground, in both themes", () => {
  const words: Token[] = ["ink", "ink2", "ink3", "dbdtext", "c1"];
  const marks: Token[] = ["truth", "cloud", "dbd", "c1", "c2", "c3", "c4"];
  for (const theme of [0, 1] as const) {
    for (const t of words) expect(contrast(tokens[t][theme], tokens.bg[theme]), t).toBeGreaterThanOrEqual(4.5);
    for (const t of marks) expect(contrast(tokens[t][theme], tokens.bg[theme]), t).toBeGreaterThanOrEqual(3);
    expect(contrast(tokens.ink[theme], tokens.sunk[theme])).toBeGreaterThanOrEqual(4.5);
  }
});

test("line styles differ in dash as well as in colour", () => {
  expect(new Set(lineStyles.map((s) => s.dash)).size).toBe(lineStyles.length);
  expect(new Set(lineStyles.map((s) => s.token)).size).toBe(lineStyles.length);
});

test("the styles cover every token", () => {
  for (const name of Object.keys(tokens)) {
    expect(tokenStyle.split(`--${name}:`)).toHaveLength(3);
    expect(figureStyle).toContain(`.stroke-${name}{stroke:var(--${name})}`);
  }
});
