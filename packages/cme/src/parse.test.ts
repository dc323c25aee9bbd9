import { SourceError } from "@dbd/numerics/errors";
import { expect, test } from "vitest";
import { compile } from "./compile.ts";
import { parameterValues, withParameters } from "./network.ts";
import { parseNetwork } from "./parse.ts";
import { printNetwork, summary } from "./summary.ts";

test("reads reactions, parameters, amounts, labels and comments", () => {
  const network = parseNetwork(
    `
    # birth and death of A
    birth: A -> 2 A @ kB     # first order
    A+2B<->0 @ kf*2, 0.1
    ∅ -> A @ = v/(1 + A^2)
    kB = kf/2
    kf = 1
    v=3
    A = 10*kf
    boundary B = 7
    species D = 5`,
  );
  expect(network.species).toEqual(["A", "B", "D"]);
  expect(network.initial).toEqual([10, 7, 5]);
  expect(network.boundary).toEqual(new Set(["B"]));
  expect(network.reactions.map(({ name }) => name)).toEqual(["birth", undefined, undefined, undefined]);
  expect(network.reactions[1]).toMatchObject({
    reactants: [
      { species: 0, order: 1 },
      { species: 1, order: 2 },
    ],
    products: [],
  });
  expect(network.reactions[2].products).toEqual(network.reactions[1].reactants);
  expect(network.reactions[3].rate.kind).toBe("law");
  expect(parameterValues(network)).toEqual(new Map(Object.entries({ kf: 1, kB: 0.5, v: 3 })));
  expect([...compile(network).rate]).toEqual([0.5, 1, 0.1, 0]);
});

test("species stand in the order of the text, whichever way they are introduced", () => {
  expect(parseNetwork("C = 1\nB -> C @ 1\nspecies A = 2\nD -> A @ 1").species).toEqual(["C", "B", "A", "D"]);
});

test("a label names both directions of a reversible reaction", () => {
  const { reactions } = parseNetwork("bind: A <-> B @ 1, 2");
  expect(reactions.map(({ name }) => name)).toEqual(["bind", "bind_back"]);
});

test("a text without statements is a network without species", () => {
  expect(parseNetwork("# nothing\n\n")).toMatchObject({ species: [], reactions: [], initial: [] });
});

test("line ends of every system and a byte order mark are read", () => {
  expect(parseNetwork("\uFEFFA = 3\r\nA -> 0 @ 1\r").initial).toEqual([3]);
});

test("ids such as __proto__ and constructor are ordinary names", () => {
  const network = parseNetwork("__proto__ -> constructor @ toString\ntoString = 2\n__proto__ = 5");
  expect(network.species).toEqual(["__proto__", "constructor"]);
  expect(network.initial).toEqual([5, 0]);
  expect([...compile(network).rate]).toEqual([2]);
});

test.each<[text: string, message: string]>([
  ["A -> B", 'm.dbd:1:7: expected "@" and the rate constant, found the end of the line. Write "A -> B @ 0.5".'],
  [
    "A -> B @ kx\nkc = 1\nA -> 0 @ kc",
    'm.dbd:1:10: unknown name "kx" in the rate constant of reaction 1. Did you mean "kc"?',
  ],
  ["A -> B @ -1", "m.dbd:1:1: reaction 1: a rate constant must be finite and ≥ 0, got -1."],
  ["decay: A -> B @ 0/0", 'm.dbd:1:1: reaction "decay": a rate constant must be finite and ≥ 0, got NaN.'],
  ["A -> B @ 1/0", "must be finite and ≥ 0, got Infinity."],
  [
    "A -> B @ 1, 2",
    'm.dbd:1:13: expected 1 rate after "@", found 2. A reaction that also runs backward is written "<->".',
  ],
  ["A <-> B @ 1", 'm.dbd:1:11: expected 2 rates after "@", found 1. Write "A <-> B @ forward, backward".'],
  [
    "A -> B @ A",
    'm.dbd:1:10: unknown name "A" in the rate constant of reaction 1. A propensity that depends on the state is a law',
  ],
  ["A -> B @ = k*A", 'm.dbd:1:12: unknown name "k" in the law of reaction 1. Known names: A, B, time.'],
  ["A -> B @ 1 +", "m.dbd:1:13: expected a number"],
  ["A -> B C @ 1", 'm.dbd:1:6: expected a species such as "A" or "2 A", or "0" for none, found "B C".'],
  ["A + -> B @ 1", "m.dbd:1:4: expected a species"],
  ["-> B @ 1", "m.dbd:1:1: expected a species"],
  ["0 A -> B @ 1", "m.dbd:1:1: a stoichiometry must be from 1 to 1000, got 0."],
  ["1x: A -> B @ 1", 'm.dbd:1:1: expected a name before ":", found "1x".'],
  ["  foo bar", 'm.dbd:1:3: expected a reaction or a value, found "foo bar". A line is a reaction'],
  [
    "k = 1\nA -> B @ 2",
    'm.dbd:1:1: "k" is used nowhere. A species without reactions is declared with "species k = …".',
  ],
  ["Aa = 1\nA -> B @ 2", 'm.dbd:1:1: "Aa" is used nowhere. Did you mean the species "A"?'],
  ["k = j\nj = k\nA -> B @ k", 'm.dbd:1:1: "k" is defined by itself: k → j → k.'],
  ["k = j\nj = z\nA -> B @ k", 'm.dbd:2:5: unknown name "z" in the value of j.'],
  ["k = 1/0\nA -> B @ k", 'm.dbd:1:1: "k" must be finite, got Infinity.'],
  ["A = 1.5\nA -> 0 @ 1", "m.dbd:1:1: the initial amount of A must be an integer from 0 to 2^53 − 1, got 1.5."],
  ["A = 9007199254740992\nA -> 0 @ 1", "m.dbd:1:1: the initial amount of A"],
  ["A = B\nA -> B @ 1", 'm.dbd:1:5: unknown name "B" in the initial amount of A.'],
  ["A = 1\nspecies A = 2\nA -> 0 @ 1", 'm.dbd:2:9: "A" is given twice, first in line 1.'],
])("refuses %j", (text, message) => {
  const read = (): unknown => parseNetwork(text, { file: "m.dbd" });
  expect(read).toThrow(SourceError);
  expect(read).toThrow(message);
});

test("without a file, errors begin with the line of the input", () => {
  expect(() => parseNetwork("A")).toThrow("input:1:1: ");
});

test("what is printed reads back as the same network", () => {
  const text = `
    boundary F = 2
    A = 30
    k = 0.5
    double = 2*k
    feed: F -> F + A @ double
    2 A <-> B @ k/4, 1e-3
    A -> 0 @ = k*A/(3 + A)`;
  const network = parseNetwork(text);
  const back = parseNetwork(printNetwork(network));
  expect(printNetwork(back)).toBe(printNetwork(network));
  expect(back.species).toEqual(network.species);
  expect(back.initial).toEqual(network.initial);
  expect(back.boundary).toEqual(network.boundary);
  expect(compile(back).rate).toEqual(compile(network).rate);
});

test("the summary states the convention of rate constants", () => {
  const text = summary(parseNetwork("2 A -> 0 @ k\nk = 2\nboundary A = 4"));
  expect(text).toContain("1 species: A = 4 (held constant)");
  expect(text).toContain("1 parameters: k = 2");
  expect(text).toContain("  2 A -> 0 @ k");
  expect(text).toContain("k · ∏ C(n, order)");
  expect(summary(parseNetwork(""))).toContain("0 species: none");
});

test("parameters can be set anew, and expressions of them follow", () => {
  const network = parseNetwork("A -> 0 @ k2\nk1 = 1\nk2 = 3*k1");
  const changed = withParameters(network, new Map([["k1", 5]]));
  expect(parameterValues(changed).get("k2")).toBe(15);
  expect(parameterValues(network).get("k2")).toBe(3);
  expect(() => withParameters(network, new Map([["k3", 5]]))).toThrow('no parameter "k3". Did you mean "k1"?');
  expect(() => withParameters(network, new Map([["rate", 5]]))).toThrow("It has k1, k2.");
  expect(() => withParameters(network, new Map([["k1", Number.NaN]]))).toThrow("k1 must be finite, got NaN");
});
