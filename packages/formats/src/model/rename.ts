import type { Network } from "@dbd/cme";
import { type Expression, timeSymbol } from "@dbd/cme/expression";
import { substitute } from "./functions.ts";
import { freshName, quote } from "./names.ts";

const symbol = (name: string): Expression => ({ kind: "symbol", name });

/** The same network with other names. @param rename - Must not make two names equal. */
export function renamed(network: Network, rename: (name: string) => string): Network {
  const inside = (expr: Expression): Expression =>
    substitute(expr, (name) => {
      const wanted = name === timeSymbol ? name : rename(name);
      return wanted === name ? undefined : symbol(wanted);
    });
  const map = <V>(given: ReadonlyMap<string, V>, value: (v: V) => V): ReadonlyMap<string, V> =>
    new Map(Array.from(given, ([name, v]) => [rename(name), value(v)] as const));
  const { assignments, rateRules, events, boundary } = network;
  return {
    ...network,
    species: network.species.map(rename),
    ...(boundary === undefined ? {} : { boundary: new Set([...boundary].map(rename)) }),
    parameters: map(network.parameters, (value) => (typeof value === "number" ? value : inside(value))),
    reactions: network.reactions.map((reaction) => {
      const { rate } = reaction;
      return {
        ...reaction,
        rate:
          rate.kind === "law"
            ? { kind: "law", law: inside(rate.law) }
            : { kind: "massAction", constant: inside(rate.constant) },
      };
    }),
    ...(assignments === undefined ? {} : { assignments: map(assignments, inside) }),
    ...(rateRules === undefined ? {} : { rateRules: map(rateRules, inside) }),
    ...(events === undefined
      ? {}
      : {
          events: events.map((event) => ({
            ...event,
            trigger: inside(event.trigger),
            ...(event.delay === undefined ? {} : { delay: inside(event.delay) }),
            ...(event.priority === undefined ? {} : { priority: inside(event.priority) }),
            assignments: event.assignments.map(({ target, value }) => ({
              target: rename(target),
              value: inside(value),
            })),
          })),
        }),
  };
}

/** Names of a document that mean something else to us get another one, everywhere. */
export function withoutReserved(network: Network, taken: Set<string>): Network {
  const { species, parameters, assignments } = network;
  const all = [...species, ...parameters.keys(), ...(assignments?.keys() ?? [])];
  if (!all.some((name) => name.endsWith(quote))) return network;
  const names = new Map<string, string>();
  const rename = (name: string): string => {
    if (!name.endsWith(quote)) return name;
    const known = names.get(name) ?? freshName(`${name.slice(0, -1)}_2`, taken);
    names.set(name, known);
    return known;
  };
  return renamed(network, rename);
}
