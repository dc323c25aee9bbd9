import { type Expression, printExpression } from "./expression.ts";
import type { Network, NetworkEvent, Participant } from "./network.ts";

function side(network: Network, participants: readonly Participant[]): string {
  const terms = participants.map(
    ({ species, order }) => `${order === 1 ? "" : `${order} `}${network.species[species]}`,
  );
  return terms.length === 0 ? "0" : terms.join(" + ");
}

const valueText = (value: number | Expression): string =>
  typeof value === "number" ? String(value) : printExpression(value);

/** The reactions, one a line, in the package's own text format. */
function reactionLines(network: Network): string[] {
  return network.reactions.map(({ name, reactants, products, rate }) => {
    const law = rate.kind === "law" ? `= ${printExpression(rate.law)}` : printExpression(rate.constant);
    const label = name === undefined ? "" : `${name}: `;
    return `${label}${side(network, reactants)} -> ${side(network, products)} @ ${law}`;
  });
}

function eventLine(event: NetworkEvent): string {
  const { name, trigger, delay, priority, initialTrigger, persistent, fromTriggerTime, assignments } = event;
  const clauses = [
    `when ${printExpression(trigger)}`,
    ...(assignments.length === 0
      ? []
      : [`set ${assignments.map(({ target, value }) => `${target} = ${printExpression(value)}`).join(", ")}`]),
    ...(delay === undefined ? [] : [`delay ${printExpression(delay)}`]),
    ...(priority === undefined ? [] : [`priority ${printExpression(priority)}`]),
    ...(initialTrigger ? [] : ["initially false"]),
    ...(persistent ? [] : ["cancelled when false"]),
    ...(fromTriggerTime ? [] : ["values after delay"]),
  ];
  return `event${name === undefined ? "" : ` ${name}`}: ${clauses.join("; ")}`;
}

/** Rules and events, one a line. */
function ruleLines({ assignments, rateRules, events }: Network): string[] {
  return [
    ...[...(assignments ?? [])].map(([name, value]) => `${name} := ${printExpression(value)}`),
    ...[...(rateRules ?? [])].map(([name, value]) => `${name}' = ${printExpression(value)}`),
    ...(events ?? []).map(eventLine),
  ];
}

/**
 * Writes a network in the package's own text format; `parseNetwork` reads it back to the same species, reactions,
 * amounts and parameters, in the same order.
 */
export function printNetwork(network: Network): string {
  const amounts = network.species.map((name, s) => {
    const keyword = network.boundary?.has(name) === true ? "boundary" : "species";
    return `${keyword} ${name} = ${network.initial[s]}`;
  });
  const parameters = [...network.parameters].map(([name, value]) => `${name} = ${valueText(value)}`);
  return `${[...amounts, ...parameters, ...reactionLines(network), ...ruleLines(network)].join("\n")}\n`;
}

/** What a person needs to know about a network, in a few lines; always says how rate constants are meant. */
export function summary(network: Network): string {
  const { species, initial, boundary, parameters, reactions } = network;
  const amounts = species.map(
    (name, s) => `${name} = ${initial[s]}${boundary?.has(name) === true ? " (held constant)" : ""}`,
  );
  return [
    `${species.length} species: ${amounts.join(", ") || "none"}`,
    `${parameters.size} parameters: ${[...parameters].map(([name, v]) => `${name} = ${valueText(v)}`).join(", ") || "none"}`,
    `${reactions.length} reactions:`,
    ...reactionLines(network).map((line) => `  ${line}`),
    ...ruleLines(network),
    "propensity of a reaction = k · ∏ C(n, order) over its reactants, so 2 A at k fires k·n(n − 1)/2 times a second;",
    '"@ = law" is the whole propensity',
  ].join("\n");
}
