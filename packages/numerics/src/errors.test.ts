import { expect, test } from "vitest";
import { ArgumentError, didYouMean, NumericalError, SourceError, UnsupportedError } from "./errors.ts";

test("an argument error says where, what and what to try", () => {
  const cause = new Error("inner");
  const error = new ArgumentError("simulate", "runs must be positive, got 0", { hint: "Try 1000", cause });
  expect(error.message).toBe("simulate: runs must be positive, got 0. Try 1000.");
  expect(error).toMatchObject({ name: "ArgumentError", exitCode: 2, cause });
  expect("cause" in new ArgumentError("a", "b")).toBe(false);
});

test("a source error starts with the place, as editors and terminals link it", () => {
  const place = { file: "model.yaml", line: 9, column: 5, path: "reactions[1]" };
  const error = new SourceError(place, 'unknown key "yeilds"', { hint: 'Did you mean "yields"?' });
  expect(error.message).toBe('model.yaml:9:5  reactions[1]: unknown key "yeilds". Did you mean "yields"?');
  expect(error).toBeInstanceOf(ArgumentError);
  expect(error).toMatchObject({ name: "SourceError", place, exitCode: 2 });
  expect(new SourceError({ line: 1, column: 2 }, "odd.").message).toBe("input:1:2: odd.");
});

test("an unsupported feature is named, with its place when there is one", () => {
  expect(new UnsupportedError("event").message).toBe("event is not supported.");
  const error = new UnsupportedError("event", { place: { file: "a.xml", line: 3, column: 1 }, hint: "Remove it" });
  expect(error.message).toBe("a.xml:3:1: event is not supported. Remove it.");
  expect(error).toMatchObject({ name: "UnsupportedError", exitCode: 3, place: { line: 3 } });
  expect(new UnsupportedError("event", { hint: "Remove it" }).message).toBe("event is not supported. Remove it.");
});

test("a numerical error keeps time, parameters and iteration", () => {
  const error = new NumericalError("solve", "y is not finite at t = 2", { time: 2, nu: [1] }, "try more substeps");
  expect(error.message).toBe("solve: y is not finite at t = 2. try more substeps.");
  expect(error).toMatchObject({ name: "NumericalError", exitCode: 1, details: { time: 2, nu: [1] } });
  expect(new NumericalError("solve", "failed").details).toEqual({});
});

test.each([
  ["yeilds", "yields"], // neighbours swapped: one edit
  ["Yields", "yields"], // case alone
  ["yieldss", "yields"],
  ["yelds", "yields"],
  ["yxyz", undefined],
  ["q", undefined], // replacing all of a word is no correction
])("didYouMean(%s) is %s", (word, expected) => {
  expect(didYouMean(word, ["rate", "yields", "r"])).toBe(expected);
});

test("the nearest word wins, and the first of equals", () => {
  expect(didYouMean("ratee", ["rates", "rate"])).toBe("rates");
  expect(didYouMean("rat", ["ratios", "rate"])).toBe("rate");
});
