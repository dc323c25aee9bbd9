import type { Network, Participant } from "@dbd/cme";
import type { Expression } from "@dbd/cme/expression";
import { UnsupportedError } from "@dbd/numerics/errors";
import { exportNames } from "../model/exportNames.ts";
import { freshName } from "../model/names.ts";
import { type InfixWords, printInfix } from "../model/printInfix.ts";
import { countsOf, propensityLaw } from "../model/reaction.ts";

const reserved: ReadonlySet<string> = new Set(
  (
    "model module end function species compartment substanceOnly var const formula unit is in has at after import delete DNA gene " +
    "operator time pi exponentiale avogadro true false and or not exp ln log log10 log2 sqrt root abs floor ceil ceiling min max " +
    "sin cos tan asin acos atan sinh cosh tanh factorial piecewise pow xor delay rateOf constraint t0 persistent priority fromTrigger"
  ).split(" "),
);

const words: InfixWords = {
  and: "&&",
  or: "||",
  not: "!",
  time: "time",
  call: (op, args) => {
    if (op === "xor") throw new UnsupportedError("the function xor in an Antimony text");
    return `${op}(${args.join(", ")})`;
  },
};
const print = (expr: Expression): string => printInfix(expr, words, (name) => name);
const valueText = (value: number | Expression): string => (typeof value === "number" ? String(value) : print(value));

/** Writes a network as Antimony: species are amounts, every rate is the whole propensity. `readAntimony` reads it back. */
export function writeAntimony(given: Network): string {
  const { network, taken } = exportNames(given, reserved);
  const { species, parameters, reactions, assignments, rateRules, boundary, initial, events = [] } = network;
  const home = freshName("compartment_", taken);
  const side = (participants: readonly Participant[]): string =>
    Array.from(countsOf(participants), ([s, n]) => `${n === 1 ? "" : `${n} `}${species[s]}`).join(" + ");
  const lines = [
    ...(species.length === 0 ? [] : [`compartment ${home} = 1`]),
    ...species.map((name, s) => {
      const held = boundary?.has(name) === true ? "$" : "";
      const start = assignments?.has(name) === true ? "" : ` = ${initial[s]}`;
      return `substanceOnly species ${held}${name} in ${home}${start}`;
    }),
    ...Array.from(parameters, ([name, value]) => `${name} = ${valueText(value)}`),
    ...Array.from(assignments ?? [], ([name, value]) => `${name} := ${print(value)}`),
    ...Array.from(rateRules ?? [], ([name, value]) => `${name}' = ${print(value)}`),
    ...reactions.map((reaction, r) => {
      const plain = (reaction.name ?? `r${r + 1}`).replaceAll(/\W/g, "_").replace(/^(?=[0-9])/, "_");
      const law = print(propensityLaw(network, reaction));
      return `${freshName(plain, taken)}: ${side(reaction.reactants)} => ${side(reaction.products)}; ${law};`;
    }),
    ...events.map((event) => {
      const { trigger, delay, priority } = event;
      const flags = [
        ...(event.initialTrigger ? [] : ["t0=false"]),
        ...(event.persistent ? [] : ["persistent=false"]),
        ...(event.fromTriggerTime ? [] : ["fromTrigger=false"]),
        ...(priority === undefined ? [] : [`priority=${print(priority)}`]),
      ];
      const after = delay === undefined ? "" : `(${print(delay)}) after `;
      const sets = event.assignments.map(({ target, value }) => `${target} = ${print(value)}`);
      const label = event.name === undefined ? "" : `${freshName(event.name.replaceAll(/\W/g, "_"), taken)}: `;
      return `${label}at ${after}(${print(trigger)})${flags.map((flag) => `, ${flag}`).join("")}: ${sets.join(", ")}`;
    }),
  ];
  return `${lines.join("\n")}\n`;
}
