import { ArgumentError } from "@dbd/numerics/errors";
import type { CompiledNetwork } from "../compile.ts";
import { largestCount, mostCopies } from "../network.ts";

/** Largest count that an array of states can hold. */
export function mostOf(out: Int32Array | Float64Array): number {
  return out instanceof Int32Array ? largestCount : mostCopies;
}

/** @throws {ArgumentError} For a start that the record cannot hold. */
export function checkStart(net: CompiledNetwork, x: Float64Array, most: number): void {
  const s = net.network.species.findIndex((_, i) => !(x[i] <= most));
  if (s < 0) return;
  throw new ArgumentError(
    "simulate",
    `${net.network.species[s]} starts from ${x[s]}, more than ${most} that is recorded`,
    {
      hint: "Counts must stay below 2^31 where states are recorded as 32-bit integers; ask for moments alone",
    },
  );
}
