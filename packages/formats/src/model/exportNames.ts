import type { Network } from "@dbd/cme";
import { timeSymbol } from "@dbd/cme/expression";
import { freshName } from "./names.ts";
import { renamed } from "./rename.ts";

/** Names of a network that a format cannot hold get others; the rest stay. */
export interface ExportNames {
  readonly network: Network;
  /** The name before, where it changed. */
  readonly original: ReadonlyMap<string, string>;
  /** All names that are taken; grows by what the writer adds. */
  readonly taken: Set<string>;
}

/**
 * @param reserved - Words of the format.
 * @param alphabet - Whether names are of ASCII letters, or of those of all alphabets.
 */
export function exportNames(
  network: Network,
  reserved: ReadonlySet<string>,
  alphabet: "ascii" | "letters" = "ascii",
): ExportNames {
  const all = [...network.species, ...network.parameters.keys(), ...(network.assignments?.keys() ?? [])];
  const shape = alphabet === "ascii" ? /^[A-Za-z_][A-Za-z0-9_]*$/ : /^[\p{L}_][\p{L}\p{N}_]*$/u;
  const good = (name: string): boolean => shape.test(name) && !reserved.has(name);
  const taken = new Set([...reserved, timeSymbol, ...all.filter(good)]);
  const names = new Map<string, string>();
  const original = new Map<string, string>();
  for (const name of all) {
    if (good(name) || names.has(name)) continue;
    const plain = name.replaceAll(/[^A-Za-z0-9_]/g, "_").replace(/^(?=[0-9])/, "_");
    const made = freshName(reserved.has(plain) ? `${plain}_` : plain, taken);
    names.set(name, made);
    original.set(made, name);
  }
  if (names.size === 0) return { network, original, taken };
  return { network: renamed(network, (name) => names.get(name) ?? name), original, taken };
}
