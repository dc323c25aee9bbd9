import { ArgumentError, SourceError, UnsupportedError } from "@dbd/numerics/errors";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readAntimony } from "./antimony.ts";
import { readNet } from "./net.ts";

const net = `begin parameters
  1 k 0.5 # per second
  2 q 2*k
end parameters
begin functions
  1 f() q/(1+tot)
end functions
begin species
  1 A() 100
  2 B(x~0) q*5
end species
begin reactions
  1 1,1 2 0.5*k #dimer
  2 2 1,1 f()
end reactions
begin groups
  1 tot 1,2*2
end groups
`;
const ant = `model cell()
  species A in C, B in C
  compartment C = 2
  A = 10; B = 3
  k = 0.5
  J0: 2 A => B; k*A*A
  y := A + B
  at A > 9: B = 0
end
`;

type Read = (text: string, options: { file: string }) => unknown;
const errorOf = (read: Read, text: string, file: string): Error => {
  try {
    read(text, { file });
  } catch (error) {
    return error as Error;
  }
  return new Error("accepted");
};
const spoil = (good: string, from: string, to: string): string => {
  expect(good).toContain(from);
  return good.replace(from, () => to);
};
const inNet = (from: string, to: string): string => spoil(net, from, to);
const inAnt = (from: string, to: string): string => spoil(ant, from, to);

test("the unspoilt models are read", () => {
  expect(readNet(net).species).toEqual(["S1", "S2"]);
  expect(readAntimony(ant).species).toEqual(["A", "B"]);
});

type Case = readonly [name: string, text: string, place: string, problem: string];

const badNets: readonly Case[] = [
  ["empty", "", "1:1", 'found no block "species"'],
  ["another format", "A -> B @ 1\n", "1:1", 'found no block "species"'],
  ["cut short", net.slice(0, net.indexOf("  2 2 1,1")), "12:1", 'the file ends inside the block "reactions"'],
  ["bytes that are not UTF-8", inNet("B(x~0)", "B(x~\uFFFD)"), "10:9", "not UTF-8"],
  ["UTF-16 read as UTF-8", net.replaceAll(/./g, "$&\0"), "1:2", "not UTF-8"],
  ["a block in a block", inNet("end parameters\n", ""), "4:1", 'begins inside the block "parameters" of line 1'],
  ["a block twice", `${net}begin species\nend species\n`, "19:1", 'a second block "species"'],
  ["an end of nothing", `${net}end groups\n`, "19:1", 'the end of "groups", which did not begin'],
  ["a wrong number", inNet("  2 B(", "  3 B("), "10:3", "expected the number 2"],
  ["a name that is none", inNet("1 k", "1 2k"), "2:5", '"2k" is no name'],
  ["a name twice", inNet("2 q", "2 k"), "3:5", '"k" is given twice, first in line 2'],
  [
    "__proto__ twice",
    inNet("2 q", "2 __proto__").replaceAll(/\b(k|q)\b/g, "__proto__"),
    "3:5",
    '"__proto__" is given twice',
  ],
  ["an unknown name", inNet("2*k", "2*kk"), "3:9", '"kk" is not declared. Did you mean "k"?'],
  ["constructor as an unknown name", inNet("2*k", "constructor"), "3:7", '"constructor" is not declared'],
  ["an observable in a parameter", inNet("2*k", "tot"), "3:7", '"tot" is not declared'],
  ["a circle", inNet("0.5 # per", "q # per"), "2:7", '"k" is defined by itself: k → q → k'],
  ["a parameter that is NaN", inNet("2*k", "0/0"), "3:7", '"q" must be finite, got NaN'],
  ["a parameter beyond a double", inNet("2*k", "1e999"), "3:7", "1e999 is too large"],
  ["an amount that is NaN", inNet("q*5", "0/0"), "10:12", "the amount of B(x~0) is NaN"],
  ["a negative amount", inNet("A() 100", "A() -1"), "9:9", "the amount of A() is negative (-1)"],
  ["a negative rate", inNet("0.5 # per", "-0.5 # per"), "10:12", "negative"],
  [
    "a rate that is negative alone",
    inNet("0.5*k #", "-0.5*k #"),
    "13:3",
    "a rate constant must be finite and ≥ 0, got -0.5",
  ],
  ["a species that is not there", inNet("1 1,1 2", "1 1,9 2"), "13:5", 'found the species "9"; the file has 1 to 2'],
  ["no rate", inNet("0.5*k #dimer", ""), "13:", "expected the rate"],
  ["half a reaction", inNet("1,1 2 0.5*k", "1,1"), "13:", "expected reactants, products and a rate"],
  ["half a species", inNet("A() 100", "A()"), "9:", "expected a number, a pattern and an amount"],
  ["a formula cut short", inNet("2*k", "2*(k"), "3:11", 'expected ")"'],
  ["a formula nested too deeply", inNet("2*k", `${"(".repeat(1e5)}k`), "3:", "nested more than 100 levels deep"],
  ["an unknown function", inNet("2*k", "expp(k)"), "3:7", 'unknown function "expp". Did you mean "exp"?'],
  ["a wrong number of arguments", inNet("2*k", "if(k,1)"), "3:7", "if does not take 2 arguments"],
  ["a function without brackets", inNet("f() q", "f q"), "6:5", 'expected a function such as "f()"'],
  ["a bad group", inNet("1,2*2\n", "1;2\n"), "17:9", 'expected species such as "3" or "2*3", found "1;2"'],
];
const badAnts: readonly Case[] = [
  ["a truncated model", ant.replace(/end\n$/, ""), "1:1", "the file ends inside this model"],
  ["an open comment", inAnt("k = 0.5", "k = 0.5 /* per second"), "5:11", "ends inside a comment"],
  ["bytes that are not UTF-8", inAnt("cell", "c\uFFFDll"), "1:8", "not UTF-8"],
  ["an end too many", `${ant}end\n`, "10:1", 'an "end" without a model'],
  ["a model in a model", inAnt("  k = 0.5", "  model other()"), "5:3", "inside the model of line 1"],
  ["a name without a value", inAnt("k = 0.5", "var k"), "6:17", '"k" has no value'],
  ["a statement that is none", inAnt("k = 0.5", "k ? 5"), "5:3", 'expected a statement, found "k ? 5"'],
  ["an unknown name", inAnt("k*A*A", "kk*A*A"), "6:17", '"kk" in a law is not declared. Did you mean "k"?'],
  ["toString", inAnt("k*A*A", "toString*A*A"), "6:17", '"toString" in a law is not declared'],
  ["a value twice", inAnt("k = 0.5", "k = 0.5; k = 1"), "5:12", '"k" is given twice, first in line 5'],
  ["a negative amount", inAnt("A = 10", "A = -10"), "2:11", 'the initial amount of "A" is negative (-10)'],
  ["a negative rate", inAnt("0.5", "-0.5"), "6:17", 'the law of "J0" is negative at the initial amounts (-50)'],
  ["a rate that is NaN", inAnt("k*A*A", "0/0"), "6:17", "not a finite number at the initial amounts (NaN)"],
  ["a circle", inAnt("k = 0.5", "k = q; q = k"), "5:", "is defined by itself"],
  [
    "a rule about a species that moves",
    inAnt("y := A + B", "A := 3"),
    "6:7",
    'a reaction changes "A", which has a rule',
  ],
  ["an event about nothing", inAnt("at A > 9: B = 0", "at A > 9"), "8:", 'expected ":" and what the event sets'],
  ["an option of an event that is none", inAnt("at A > 9:", "at A > 9, t1=true:"), "8:", "unknown option of an event"],
  ["a formula nested too deeply", inAnt("k*A*A", `${"-".repeat(1e5)}A`), "6:", "nested more than 100 levels deep"],
  ["a function that calls itself", `function f(x)\n  f(x)\nend\n${ant}`, "2:3", 'the function "f" calls itself'],
  ["a reaction twice", inAnt("y := A + B", "J0: A => B; k*A"), "7:3", 'the reaction "J0" is given twice'],
];
const unsupported: readonly (readonly [...Case, Read])[] = [
  ["functions with arguments", inNet("f() q", "f(x) q"), "6:5", 'the function "f" with arguments', readNet],
  ["fractional amounts", inNet("q*5", "q*0.7"), "10:12", "no whole number of molecules", readNet],
  ["other rate laws", inNet("0.5*k #", "FunctionProduct f g #"), "13:11", "the rate law FunctionProduct", readNet],
  ["an import", `import "x.ant"\n${ant}`, "1:1", 'the statement "import"', readAntimony],
  ["a second model", `${ant}model b()\nend\n`, "10:1", "a second model in one file", readAntimony],
  ["arguments of a model", inAnt("cell()", "cell(x)"), "1:1", "a model with arguments", readAntimony],
  ["a model inside", inAnt("k = 0.5", "m: other()"), "5:3", "a model inside a model", readAntimony],
  ["a reaction without a rate", inAnt("; k*A*A", ""), "6:3", 'a reaction without a rate ("J0")', readAntimony],
  ["an interaction", inAnt("k = 0.5", "J1: A -| J0"), "5:3", "an interaction", readAntimony],
  ["a delay", inAnt("k*A*A", "delay(A, 2)"), "6:17", "the function delay", readAntimony],
];

function expectOneMessage(error: Error, file: string, place: string, problem: string): void {
  expect(error.message).toContain(problem);
  expect(error.message).toContain(`${file}:${place}`);
  expect(error.message).not.toContain("\n");
}

describe("a bad .net gives one message with the place", () => {
  test.each(badNets)("%s", (_, text, place, problem) => {
    const error = errorOf(readNet, text, "bad.net");
    expectOneMessage(error, "bad.net", place, problem);
    expect(error).toBeInstanceOf(ArgumentError);
  });
});

describe("a bad Antimony text gives one message with the place", () => {
  test.each(badAnts)("%s", (_, text, place, problem) => {
    const error = errorOf(readAntimony, text, "bad.ant");
    expectOneMessage(error, "bad.ant", place, problem);
    expect(error).toBeInstanceOf(SourceError);
  });
});

describe("what is left out is refused by name and place, exit code 3", () => {
  test.each(unsupported)("%s", (_, text, place, problem, read) => {
    const error = errorOf(read, text, "bad.x");
    expectOneMessage(error, "bad.x", place, problem);
    expect(error).toBeInstanceOf(UnsupportedError);
  });
});

// Catches any TypeError, RangeError or endless loop that a text can provoke, whatever was done to it.
test.each<[string, Read, string]>([
  ["a .net", readNet, net],
  ["an Antimony text", readAntimony, ant],
])("%s damaged at random is read, or refused with one of our errors", (_, read, good) => {
  const pieces = [
    "",
    "(",
    ")",
    "*",
    "#",
    ";",
    "\n",
    "begin species",
    "end",
    "-",
    "0",
    "1e999",
    "__proto__",
    "\0",
    "->",
    "=",
    ":=",
    "at ",
    ",",
  ];
  const damage = fc.record({
    at: fc.nat(good.length),
    length: fc.nat(20),
    piece: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 })),
  });
  fc.assert(
    fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (damages) => {
      let text = good;
      for (const { at, length, piece } of damages) text = text.slice(0, at) + piece + text.slice(at + length);
      const error = errorOf(read, text, "bad.x");
      if (error.message === "accepted") return;
      expect(error.message).not.toContain("\n");
      expect(error instanceof ArgumentError || error instanceof UnsupportedError, `${error.stack}`).toBe(true);
    }),
    { seed: 20261127, numRuns: 600 },
  );
});
