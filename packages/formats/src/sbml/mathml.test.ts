import { compileExpression, printExpression } from "@dbd/cme/expression";
import { describe, expect, test } from "vitest";
import { readMath } from "./mathml.ts";
import { readXml } from "./xml.ts";

const read = (inside: string): ReturnType<typeof readMath> =>
  readMath(readXml(`<math xmlns="http://www.w3.org/1998/Math/MathML">${inside}</math>`, "law.xml"));
const apply = (operator: string, ...operands: readonly string[]): string =>
  `<apply><${operator}/>${operands.join("")}</apply>`;
const [a, b, c] = ["<ci> A </ci>", "<ci>B</ci>", "<cn> 3 </cn>"] as const;

describe("MathML reads as the formula it means", () => {
  test.each<[math: string, formula: string]>([
    [a, "A"],
    ['<cn type="integer"> -7 </cn>', "-7"],
    ['<cn type="e-notation"> 6.02 <sep/> 23 </cn>', "6.02e+23"],
    ['<cn type="e-notation">1<sep/>-3</cn>', "0.001"],
    ['<cn type="rational">1<sep/>4</cn>', "0.25"],
    ["<cn>1.5e3</cn>", "1500"],
    [apply("plus"), "0"],
    [apply("times"), "1"],
    [apply("plus", a), "A"],
    [apply("plus", a, b, c), "A + B + 3"],
    [apply("times", a, b, c), "A * B * 3"],
    [apply("minus", a), "-A"],
    [apply("minus", a, b), "A - B"],
    [apply("divide", a, apply("times", b, c)), "A / (B * 3)"],
    [apply("power", a, c), "A^3"],
    [apply("exp", a), "exp(A)"],
    [apply("ln", a), "ln(A)"],
    [apply("log", a), "log10(A)"],
    [apply("log", "<logbase><cn>2</cn></logbase>", a), "ln(A) / ln(2)"],
    [apply("root", a), "sqrt(A)"],
    [apply("root", `<degree>${c}</degree>`, a), "A^(1 / 3)"],
    [apply("abs", a), "abs(A)"],
    [apply("floor", a), "floor(A)"],
    [apply("ceiling", a), "ceil(A)"],
    [apply("min", a, b), "min(A, B)"],
    [apply("max", a, b), "max(A, B)"],
    [apply("lt", a, b), "A < B"],
    [apply("leq", a, b, c), "A <= B and B <= 3"],
    [apply("neq", a, b), "A != B"],
    [apply("not", apply("eq", a, b)), "not A == B"],
    [apply("or", apply("gt", a, b), apply("geq", b, a)), "A > B or B >= A"],
    [apply("and"), "1"],
    [
      `<piecewise><piece>${a}${apply("lt", a, b)}</piece><otherwise>${b}</otherwise></piecewise>`,
      "piecewise(A, A < B, B)",
    ],
    [`<semantics>${a}<annotation encoding="text">A</annotation></semantics>`, "A"],
    [apply("factorial", a), "factorial(A)"],
    [apply("arcsin", a), "asin(A)"],
    [apply("xor", a, b), "xor(A, B)"],
    [apply("sec", a), "1 / cos(A)"],
    [apply("arccot", a), "atan(1 / A)"],
    [apply("arcsinh", a), "ln(A + sqrt(A^2 + 1))"],
    [apply("arccosh", a), "ln(A + sqrt(A^2 - 1))"],
    [apply("arctanh", a), "0.5 * ln((1 + A) / (1 - A))"],
    [apply("implies", a, b), "not A or B"],
    [apply("quotient", a, b), "piecewise(floor(A / B), A / B >= 0, ceil(A / B))"],
    [apply("rem", a, b), "A - B * piecewise(floor(A / B), A / B >= 0, ceil(A / B))"],
    ["<true/>", "1"],
    ["<pi/>", String(Math.PI)],
    ["<exponentiale/>", String(Math.E)],
    [
      '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/avogadro">N</csymbol>',
      "6.02214179e+23",
    ],
  ])("%s", (math, formula) => {
    expect(printExpression(read(math))).toBe(formula);
  });
});

test("a symbol knows its place", () => {
  expect(() => compileExpression(read("\n  <ci>X</ci>"), new Map())).toThrow('law.xml:2:3: unknown name "X"');
});

describe("malformed formulas are refused", () => {
  test.each<[math: string, problem: string]>([
    ['<cn type="e-notation">1</cn>', "holds 1 numbers, not 2"],
    ['<cn type="complex">1</cn>', 'unknown type "complex"'],
    ['<cn base="16">1F</cn>', "a number in base 16"],
    ['<cn type="rational">1<sep/>0</cn>', "not a finite number"],
    ['<cn type="rational">1<ci>A</ci>2</cn>', "something else than a number"],
    ["<ci/>", "an empty <ci>"],
    ["<ci>A<ci>B</ci></ci>", "a name and nothing else"],
    ["<apply>A<plus/></apply>", 'unexpected text "A"'],
    [apply("exp"), "takes 1 argument, got 0"],
    [apply("min"), "takes at least 1 argument, got 0"],
    [apply("minus"), "takes 1 or 2 arguments, got 0"],
    [apply("log", "<logbase/>", a), "<logbase> holds one value"],
    ["<piecewise/>", "an empty <piecewise>"],
    [`<piecewise><otherwise>${a}</otherwise><piece>${a}${a}</piece></piecewise>`, "unexpected <otherwise>"],
    [`<piecewise><piece>${a}</piece></piecewise>`, "takes 2 arguments, got 1"],
    ["<infinity/>", "<infinity/> in a law"],
    ["<matrix/>", "<matrix> in a law"],
    ['<x xmlns="urn:x"/>', "not in the MathML namespace"],
  ])("%s", (math, problem) => {
    expect(() => read(math)).toThrow(problem);
  });
});
