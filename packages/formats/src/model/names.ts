import { timeSymbol } from "@dbd/cme/expression";

/** Names that our grammar keeps for itself. */
const reserved = new Set([timeSymbol]);

/** Ends a reserved name while a document is read: nothing in a document can. */
export const quote = "\0";

/** A name of a document as the source model has it. */
export const sourceName = (name: string): string => (reserved.has(name) ? `${name}${quote}` : name);

/** A name that nothing has yet, and that is taken from now on. */
export function freshName(wanted: string, taken: { has(name: string): boolean; add?(name: string): unknown }): string {
  let name = wanted;
  for (let i = 2; taken.has(name); i++) name = `${wanted}_${i}`;
  taken.add?.(name);
  return name;
}
