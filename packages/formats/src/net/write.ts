import type { Network, Participant } from "@dbd/cme";
import { type Expression, symbolsOf, timeSymbol } from "@dbd/cme/expression";
import { UnsupportedError } from "@dbd/numerics/errors";
import { exportNames } from "../model/exportNames.ts";
import { type InfixWords, printInfix } from "../model/printInfix.ts";
import { freshName } from "../model/names.ts";
import { fallingFactors, plainValue, symmetryOf } from "../model/reaction.ts";

/** Names that BioNetGen's formulas keep for themselves. */
const reserved: ReadonlySet<string> = new Set(
  (
    "_pi _e exp ln log log10 log2 sqrt abs floor ceil min max sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh " +
    "if rint sign sum avg mratio and or not time TFUN Sat MM Hill FunctionProduct Arrhenius begin end"
  ).split(" "),
);

const call = (op: "*" | "/" | ">" | "piecewise", ...args: readonly Expression[]): Expression => ({
  kind: "call",
  op,
  args,
});
const number = (value: number): Expression => ({ kind: "number", value });

function refuse(what: string): never {
  throw new UnsupportedError(`${what} in a .net file`, { hint: "Take --to sbml, antimony or dbd" });
}

/** What BioNetGen writes for our operations. `if` takes the condition first and always has both values. */
const words: InfixWords = {
  and: "&&",
  or: "||",
  not: "!",
  time: `${timeSymbol}()`,
  call: (op, args) => {
    if (op === "piecewise") {
      let text = args.length % 2 === 1 ? args.at(-1)! : "(0/0)";
      for (let i = args.length - (args.length % 2 === 1 ? 3 : 2); i >= 0; i -= 2)
        text = `if(${args[i + 1]},${args[i]},${text})`;
      return text;
    }
    if (op === "xor" || op === "factorial") return refuse(`the function ${op}`);
    return `${op}(${args.join(",")})`;
  },
};

/** A rate times n(n−1)… is the propensity in a .net: a law is divided by them, where they are not 0. */
function functionalRate(network: Network, law: Expression, reactants: readonly Participant[]): Expression {
  const factors = fallingFactors(network, reactants);
  if (factors.length === 0) return law;
  const divisor = factors.length === 1 ? factors[0] : call("*", ...factors);
  return call("piecewise", call("/", law, divisor), call(">", divisor, number(0)), number(0));
}

/**
 * Writes a network as a BioNetGen .net file: species A() of amounts, laws and rules as functions of groups. `readNet`
 * reads it back to the same propensities; species are then S1, S2, … and groups have the old names.
 * @throws {UnsupportedError} For events and rate rules, which the format has not.
 */
export function writeNet(given: Network): string {
  const { network, taken } = exportNames(given, reserved);
  const { species, parameters, assignments, reactions } = network;
  if ((network.events ?? []).length > 0) refuse("an event");
  if ((network.rateRules?.size ?? 0) > 0) refuse("a rate rule");
  const ruled = species.find((name) => assignments?.has(name) === true);
  if (ruled !== undefined) refuse(`the assignment rule of the species "${ruled}"`);
  const print = (expr: Expression): string =>
    printInfix(expr, words, (name) => (assignments?.has(name) === true ? `${name}()` : name));
  const functions: string[] = [];
  const used = new Set<string>();
  const note = (expr: Expression): Expression => {
    for (const name of symbolsOf(expr)) used.add(name);
    return expr;
  };
  for (const [name, rule] of assignments ?? []) functions.push(`${name}() ${print(note(rule))}`);
  const index = (side: readonly Participant[]): string =>
    side.flatMap(({ species: s, order }) => Array.from({ length: order }, () => s + 1)).join(",") || "0";
  const lines = reactions.map((reaction) => {
    const { reactants, products, rate } = reaction;
    const symmetry = symmetryOf(reactants);
    let text: string;
    if (rate.kind === "massAction" && symbolsOf(rate.constant).every((name) => parameters.has(name))) {
      const constant = print(note(rate.constant)).replaceAll(" ", "");
      text = symmetry === 1 ? constant : `${1 / symmetry}*(${constant})`;
    } else {
      const value = rate.kind === "law" ? functionalRate(network, rate.law, reactants) : rate.constant;
      const scaled = rate.kind === "massAction" && symmetry > 1 ? call("/", value, number(symmetry)) : value;
      const name = freshName(`rate${functions.length + 1}`, taken);
      functions.push(`${name}() ${print(note(scaled))}`);
      text = `${name}()`;
    }
    return `${index(reactants)} ${index(products)} ${text}${reaction.name === undefined ? "" : ` #${reaction.name.replaceAll(/\s/g, "_")}`}`;
  });
  const groups = species.flatMap((name, s) => (used.has(name) ? [`${name} ${s + 1}`] : []));
  const block = (name: string, items: readonly string[]): string =>
    [`begin ${name}`, ...items.map((item, i) => `    ${i + 1} ${item}`), `end ${name}`].join("\n");
  return `${[
    'substanceUnits("Number");',
    block(
      "parameters",
      Array.from(parameters, ([name, value]) => `${name} ${plainValue(value) ?? print(value as Expression)}`),
    ),
    ...(functions.length === 0 ? [] : [block("functions", functions)]),
    block(
      "species",
      species.map((name, s) => `${network.boundary?.has(name) === true ? "$" : ""}${name}() ${network.initial[s]}`),
    ),
    block("reactions", lines),
    block("groups", groups),
  ].join("\n")}\n`;
}
