import { ArgumentError, didYouMean } from "@dbd/numerics/errors";
import { compositionRejection } from "./compositionRejection/index.ts";
import { direct } from "./direct/index.ts";
import type { Method } from "./method.ts";
import { nextReaction } from "./nextReaction/index.ts";
import { sortingDirect } from "./sortingDirect/index.ts";
import { tauLeaping } from "./tauLeaping/index.ts";

/** The methods of this package, which documents, command lines and worker threads know by name. */
export const simulationMethods: readonly Method[] = [
  direct,
  sortingDirect,
  nextReaction,
  compositionRejection,
  tauLeaping,
];

/** @throws {ArgumentError} For a name that is none, with the nearest one. */
export function simulationMethod(name: string): Method {
  const found = simulationMethods.find((method) => method.name === name);
  if (found !== undefined) return found;
  const names = simulationMethods.map((method) => method.name);
  const near = didYouMean(name, names);
  throw new ArgumentError("method", `there is no simulation method ${JSON.stringify(name)}`, {
    hint: near === undefined ? `Methods are ${names.join(", ")}` : `Did you mean "${near}"?`,
  });
}
