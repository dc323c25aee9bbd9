import { compileExpression, type Expression, type Operation } from "@dbd/cme/expression";
import { compile, type CompiledNetwork, propensities } from "@dbd/cme";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readSbml } from "./sbml.ts";

interface PlannedSpecies {
  readonly amount: number;
  readonly home: 0 | 1;
  readonly concentration: boolean;
  readonly boundary: boolean;
}
interface PlannedReaction {
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly law: Expression;
  readonly local: number | undefined;
}
interface Plan {
  readonly level: 2 | 3;
  readonly names: readonly string[];
  readonly sizes: readonly number[];
  readonly species: readonly PlannedSpecies[];
  readonly k: number;
  readonly reactions: readonly PlannedReaction[];
}

const S = 3;
const positive = fc.double({ min: 0.01, max: 10, noNaN: true });
const symbol = (name: string): Expression => ({ kind: "symbol", name });
const number = (value: number): Expression => ({ kind: "number", value });
const call = (op: Operation, ...args: readonly Expression[]): Expression => ({ kind: "call", op, args });

/** Laws that are never negative: products, ratios, powers, falling factorials and pieces of them. S0 … S2, k, k2, V0. */
const atom = fc.oneof(fc.constantFrom("S0", "S1", "S2", "k", "k2", "V0").map(symbol), positive.map(number));
const { law } = fc.letrec<{ law: Expression }>((tie) => ({
  law: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    atom,
    fc.array(tie("law"), { minLength: 2, maxLength: 3 }).map((args) => call("*", ...args)),
    fc.array(tie("law"), { minLength: 2, maxLength: 3 }).map((args) => call("+", ...args)),
    fc.tuple(tie("law"), tie("law")).map(([a, b]) => call("/", a, call("+", number(1), b))),
    fc.tuple(tie("law"), fc.integer({ min: 2, max: 3 })).map(([a, n]) => call("^", a, number(n))),
    fc.tuple(tie("law"), tie("law")).map(([a, b]) => call("piecewise", a, call("<", a, b), b)),
    tie("law").map((a) => call("exp", call("neg", a))),
    fc.tuple(tie("law"), tie("law")).map(([a, b]) => call("max", a, b)),
  ),
}));
/** k·n(n−1)·m: mass action of orders 2 and 1 (or 3 when n = m), where n and m are amounts. */
const falling = fc.tuple(fc.constantFrom("S0", "S1"), fc.constantFrom("S1", "S2")).map(([n, m]) => {
  const last = n === m ? call("+", symbol(m), number(-2)) : symbol(m);
  return call("/", call("*", last, symbol("k"), symbol(n), call("+", symbol(n), call("neg", number(1)))), number(3));
});
const side = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: S, maxLength: S });
const anyPlan: fc.Arbitrary<Plan> = fc.record({
  level: fc.constantFrom(2 as const, 3 as const),
  names: fc.constantFrom(["A", "B", "C"], ["__proto__", "constructor", "toString"], ["exp", "k_1", "_"]),
  sizes: fc.array(positive, { minLength: 2, maxLength: 2 }),
  species: fc.array(
    fc.record({
      amount: fc.integer({ min: 0, max: 1000 }),
      home: fc.constantFrom(0 as const, 1 as const),
      concentration: fc.boolean(),
      boundary: fc.boolean(),
    }),
    { minLength: S, maxLength: S },
  ),
  k: positive,
  reactions: fc.array(
    fc.record({
      left: side,
      right: side,
      law: fc.oneof({ arbitrary: law, weight: 3 }, falling),
      local: fc.option(positive, { nil: undefined }),
    }),
    {
      minLength: 1,
      maxLength: 4,
    },
  ),
});

const isFalling = (law: Expression): boolean => law.kind === "call" && law.op === "/" && law.args[1].kind === "number";

/** A falling factorial of a concentration may be negative: such laws only in models of amounts. */
function amountsForFalling(model: Plan): Plan {
  if (!model.reactions.some(({ law }) => isFalling(law))) return model;
  const species = model.species.map((s) => Object.assign({}, s, { concentration: false }));
  return { ...model, species };
}
const plan = anyPlan.map(amountsForFalling);

const tags: Readonly<Partial<Record<Operation, string>>> = {
  "+": "plus",
  "*": "times",
  "/": "divide",
  "^": "power",
  neg: "minus",
  "<": "lt",
};
function toMathMl(e: Expression): string {
  if (e.kind === "number") return `<cn> ${e.value} </cn>`;
  if (e.kind === "symbol") return `<ci> ${e.name} </ci>`;
  const args = e.args.map(toMathMl);
  if (e.op === "piecewise")
    return `<piecewise><piece>${args[0]}${args[1]}</piece><otherwise>${args[2]}</otherwise></piecewise>`;
  return `<apply><${tags[e.op] ?? e.op}/>${args.join("")}</apply>`;
}

function renameSymbols(e: Expression, names: readonly string[]): Expression {
  if (e.kind === "number") return e;
  if (e.kind === "symbol") return /^S\d$/.test(e.name) ? symbol(names[Number(e.name[1])]) : e;
  return { ...e, args: e.args.map((arg) => renameSymbols(arg, names)) };
}

function toSbml({ level, names, sizes, species, k, reactions }: Plan): string {
  const uri =
    level === 2 ? "http://www.sbml.org/sbml/level2/version4" : "http://www.sbml.org/sbml/level3/version2/core";
  const references = (list: string, counts: readonly number[]): string =>
    `<${list}>${counts.map((n, s) => (n === 0 ? "" : `<speciesReference species="${names[s]}" stoichiometry="${n}"/>`)).join("")}</${list}>`;
  const locals = (value: number | undefined): string => {
    if (value === undefined) return "";
    return level === 2
      ? `<listOfParameters><parameter id="k" value="${value}"/></listOfParameters>`
      : `<listOfLocalParameters><localParameter id="k" value="${value}"/></listOfLocalParameters>`;
  };
  return `<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="${uri}" level="${level}" version="${level === 2 ? 4 : 2}"><model>
<listOfCompartments>${sizes.map((size, i) => `<compartment id="V${i}" size="${size}"/>`).join("")}</listOfCompartments>
<listOfSpecies>${species
    .map(
      (s, i) => `<species id="${names[i]}" compartment="V${s.home}" initialAmount="${s.amount}"
  hasOnlySubstanceUnits="${!s.concentration}" boundaryCondition="${s.boundary}" constant="false"/>`,
    )
    .join("\n")}</listOfSpecies>
<listOfParameters><parameter id="k" value="${k}"/><parameter id="k2" value="2.5"/></listOfParameters>
<listOfReactions>${reactions
    .map(
      ({ left, right, law, local }, i) => `<reaction id="r${i}" reversible="${i % 2 === 0}">
  ${references("listOfReactants", left)}${references("listOfProducts", right)}
  <kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML">${toMathMl(renameSymbols(law, names))}</math>${locals(local)}</kineticLaw>
</reaction>`,
    )
    .join("\n")}</listOfReactions>
</model></sbml>`;
}

function netChange({ changeStart, changeSpecies, change }: CompiledNetwork, r: number): readonly number[] {
  const net = Array.from({ length: S }, () => 0);
  for (let e = changeStart[r]; e < changeStart[r + 1]; e++) net[changeSpecies[e]] = change[e];
  return net;
}

// Catches a concentration taken for an amount, a lost local parameter, a boundary species that moves, a wrong C(n, m).
test("random models written as SBML are read back: amounts, net changes and laws", () => {
  fc.assert(
    fc.property(plan, fc.array(fc.integer({ min: 0, max: 50 }), { minLength: S, maxLength: S }), (model, state) => {
      const { names, species, sizes, reactions, k } = model;
      const network = readSbml(toSbml(model), { file: "random.xml" });
      expect(network.species).toEqual(names);
      expect(network.initial).toEqual(species.map((s) => s.amount));
      const compiled = compile(network);
      const rates = new Float64Array(reactions.length);
      propensities(compiled, Float64Array.from(state), rates);
      const symbols = new Map(["S0", "S1", "S2"].map((name, i) => [name, i]));
      const inLaw = Float64Array.from(state, (n, i) => (species[i].concentration ? n / sizes[species[i].home] : n));
      reactions.forEach(({ left, right, law, local }, r) => {
        const net = species.map((s, i) => (s.boundary ? 0 : right[i] - left[i]));
        expect(netChange(compiled, r)).toEqual(net);
        const constants = new Map([
          ["k", local ?? k],
          ["k2", 2.5],
          ["V0", sizes[0]],
        ]);
        const expected = compileExpression(law, symbols, constants)(inLaw);
        expect(Math.abs(rates[r] - expected)).toBeLessThanOrEqual(1e-12 * Math.abs(expected));
      });
    }),
    { seed: 20240517, numRuns: 200 },
  );
});
