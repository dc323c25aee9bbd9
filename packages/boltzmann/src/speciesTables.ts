import { ArgumentError } from "@dbd/numerics/errors";
import { log } from "@dbd/numerics/special";
import type { SpeciesSpace } from "./speciesSpace.ts";
import type { Statistic } from "./statistics.ts";

const FARTHEST = 1 << 20;

/** States that stand for everything outside the box: along many directions, at doubling distances. */
export interface Probes {
  /** Shape [probes, S]. */
  readonly states: Int32Array;
  readonly phi: Float64Array;
  readonly logBase: Float64Array;
  readonly tilt: Float64Array;
  /** Probes per direction. */
  readonly length: number;
}

/** φ [N, K], log q [N] and the tilt 3 log max(1, max_k |φ_k|) [N] of listed states [N, S]. */
export function tabulate(
  space: SpeciesSpace,
  statistics: readonly Statistic[],
  states: Int32Array,
): { phi: Float64Array; logBase: Float64Array; tilt: Float64Array } {
  const S = space.names.length;
  const K = statistics.length;
  const N = states.length / S;
  const [phi, logBase, tilt] = [new Float64Array(N * K), new Float64Array(N), new Float64Array(N)];
  for (let i = 0; i < N; i++) {
    const n = states.subarray(i * S, (i + 1) * S);
    for (let s = 0; s < S; s++) logBase[i] += space.bases[s].logWeight(n[s]);
    let most = 1;
    for (let k = 0; k < K; k++) {
      const value = statistics[k].value(n);
      if (!Number.isFinite(value)) {
        const at = space.names.map((name, s) => `${name} = ${n[s]}`).join(", ");
        throw new ArgumentError("countsOfSpecies", `the statistic ${statistics[k].label} is ${value} at ${at}`);
      }
      phi[i * K + k] = value;
      most = Math.max(most, Math.abs(value));
    }
    tilt[i] = 3 * log(most);
  }
  return { phi, logBase, tilt };
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** Whole directions in the positive orthant of the unbounded species, ratios up to 4 (up to 1 for many species). */
function directions(free: readonly number[], S: number): number[][] {
  const most = free.length <= 3 ? 4 : 1;
  let all: number[][] = [Array.from({ length: S }, () => 0)];
  for (const s of free)
    all = all.flatMap((d) => Array.from({ length: most + 1 }, (_, value) => d.map((x, i) => (i === s ? value : x))));
  return all.filter((d) => d.reduce(gcd, 0) === 1);
}

/** Probes outside a box; undefined where every species is bounded, or laws leave only a part of the directions. */
export function createProbes(
  space: SpeciesSpace,
  statistics: readonly Statistic[],
  box: Int32Array,
): Probes | undefined {
  const S = box.length;
  const free = space.max.flatMap((max, s) => (max === Infinity ? [s] : []));
  if (free.length === 0 || space.weights.length > 0) return undefined;
  const states: number[] = [];
  const reach = Math.max(...free.map((s) => box[s]));
  let length = 0;
  for (let at = reach + 1; at <= FARTHEST; at *= 2) length++;
  for (const d of directions(free, S)) {
    const most = Math.max(...d);
    for (let j = 0, at = reach + 1; j < length; j++, at *= 2)
      for (let s = 0; s < S; s++) states.push(Math.round((d[s] * at) / most));
  }
  const list = Int32Array.from(states);
  return { states: list, ...tabulate(space, statistics, list), length };
}
