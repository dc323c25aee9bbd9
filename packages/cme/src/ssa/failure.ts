import { NumericalError } from "@dbd/numerics/errors";
import type { CompiledNetwork } from "../compile.ts";
import { largestCount, mostCopies, reactionLabel } from "../network.ts";

/** The state as text, for messages; long ones are cut. */
export function stateText(net: CompiledNetwork, x: Float64Array): string {
  const names = net.network.species;
  const text = names.slice(0, 12).map((name, s) => `${name} = ${x[s]}`);
  return [...text, ...(names.length > 12 ? ["…"] : [])].join(", ");
}

/** The error for propensities of which one is negative or not finite. */
export function propensityFailure(
  net: CompiledNetwork,
  a: Float64Array,
  x: Float64Array,
  time: number,
): NumericalError {
  const r = a.findIndex((value) => !(value >= 0 && value < Infinity));
  const problem =
    r < 0
      ? "the propensities sum to infinity"
      : `the propensity of ${reactionLabel(net.network, r)} is ${a[r]} at ${stateText(net, x)}`;
  const hint = "A law must be finite and ≥ 0 in every state that is reached, for example piecewise(law, A > 0, 0)";
  return new NumericalError("simulate", `${problem}, t = ${time}`, { time }, hint);
}

/** The error for an event after which a count does not fit. */
export function countFailure(
  net: CompiledNetwork,
  r: number,
  x: Float64Array,
  time: number,
  most: number = largestCount,
): NumericalError {
  const s = net.network.species.findIndex((_, i) => !(x[i] >= 0 && x[i] <= most));
  const problem = `${reactionLabel(net.network, r)} takes ${net.network.species[s]} to ${x[s]} at t = ${time}`;
  const hint =
    x[s] < 0
      ? "Its law must be 0 where there are too few copies, for example piecewise(law, A > 0, 0)"
      : most === mostCopies
        ? "Counts must stay below 2^53, where whole numbers are exact; end earlier, or scale the model down"
        : "Counts must stay below 2^31 where states are recorded as 32-bit integers; end earlier, or scale the model down";
  return new NumericalError("simulate", `${problem} (${stateText(net, x)})`, { time }, hint);
}
