import { type Network, printNetwork } from "@dbd/cme";
import { type Expression, symbolsOf } from "@dbd/cme/expression";
import { exportNames } from "./model/exportNames.ts";

/** Words of the text's formulas, which are no names in it. */
const reserved: ReadonlySet<string> = new Set(["and", "or", "not", "species", "boundary", "event"]);

/** Parameters that nothing leads to: the text takes a name that is used nowhere for a misspelt one. */
function withoutUnused(network: Network): Network {
  const { parameters, assignments, rateRules, reactions, events = [] } = network;
  const pending: Expression[] = [
    ...reactions.map(({ rate }) => (rate.kind === "law" ? rate.law : rate.constant)),
    ...(assignments?.values() ?? []),
    ...(rateRules?.values() ?? []),
    ...events.flatMap(({ trigger, delay, priority, assignments: sets }) => [
      trigger,
      ...(delay === undefined ? [] : [delay]),
      ...(priority === undefined ? [] : [priority]),
      ...sets.map(({ value }) => value),
    ]),
  ];
  const used = new Set([
    ...(rateRules?.keys() ?? []),
    ...events.flatMap(({ assignments: sets }) => sets.map(({ target }) => target)),
  ]);
  for (const name of used) {
    const value = parameters.get(name);
    if (value !== undefined && typeof value !== "number") pending.push(value);
  }
  for (let expr = pending.pop(); expr !== undefined; expr = pending.pop())
    for (const name of symbolsOf(expr)) {
      if (used.has(name)) continue;
      used.add(name);
      const value = parameters.get(name);
      if (value !== undefined && typeof value !== "number") pending.push(value);
    }
  return { ...network, parameters: new Map([...parameters].filter(([name]) => used.has(name))) };
}

/**
 * Writes a network in our own text, which `parseNetwork` reads back: names that are words of the text get others, and
 * parameters that nothing uses are left out.
 */
export function writeDbd(network: Network): string {
  return printNetwork(withoutUnused(exportNames(network, reserved, "letters").network));
}
