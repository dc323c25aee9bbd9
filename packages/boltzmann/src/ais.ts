import { ArgumentError } from "@dbd/numerics/errors";
import type { RandomSource } from "@dbd/numerics/random/source";
import { exp, log, log1p, logSumExp } from "@dbd/numerics/special";
import { addFields, hiddenSide, type Side, visibleSide, writeBias } from "./bipartite.ts";
import type { Rbm } from "./families/rbm.ts";
import { startChains } from "./samplers/chains.ts";
import { gibbs } from "./samplers/gibbs.ts";

export interface AisOptions {
  /** Independent chains; the error falls like one over their root. */
  readonly chains: number;
  /** Number of equal steps from the start to ν, each with one Gibbs sweep; the bias falls like one over it. */
  readonly temperatures: number;
  readonly random: RandomSource;
  /** ν to start from, with all weights 0 (biases fitted to the data help). Default: all zero. */
  readonly start?: Float64Array;
}

/** An estimate of log Z in nats. */
export interface AisEstimate {
  readonly logZ: number;
  /**
   * The larger of two: from the spread of the weights (which is too small when few chains carry all), and from the
   * variance of their logarithms as if these were normal (honest then).
   */
  readonly standardError: number;
  /** (Σw)²/Σw²: how many chains carry the estimate. Near 1, believe only the error bar. */
  readonly effectiveSize: number;
  /** log w of every chain, shape [chains]. Its mean is in expectation below log Z. */
  readonly logWeights: Float64Array;
}

/** log Z₀ of a machine without weights, and a check that it has none. */
function independentLogZ(machine: Rbm, start: Float64Array): number {
  const { graph } = machine;
  if (graph.byVisible.nu.some((k) => start[k] !== 0))
    throw new ArgumentError("ais", "start must have all weights 0, so that its log Z is known");
  const sideLogZ = (side: Side): number => {
    const bias = new Float64Array(side.layer.size);
    writeBias(side, start, bias);
    return side.layer.logPartition(bias, 0);
  };
  return sideLogZ(visibleSide(graph)) + sideLogZ(hiddenSide(graph));
}

/** −F(v) of one configuration at (1 − β) start + β ν, from the parts that are linear in β. */
interface Path {
  readonly machine: Rbm;
  readonly ends: readonly [Float64Array, Float64Array];
  readonly biases: readonly [Float64Array, Float64Array];
  readonly fields: readonly [Float64Array, Float64Array];
  readonly field: Float64Array;
}

function createPath(machine: Rbm, start: Float64Array, nu: Float64Array): Path {
  const [V, H] = [machine.graph.visible.size, machine.graph.hidden.size];
  const pair = (size: number): [Float64Array, Float64Array] => [new Float64Array(size), new Float64Array(size)];
  const path: Path = { machine, ends: [start, nu], biases: pair(V), fields: pair(H), field: new Float64Array(H) };
  path.ends.forEach((end, k) => writeBias(visibleSide(machine.graph), end, path.biases[k]));
  return path;
}

/** log w of a step from β to next at the visible states v[at …]. */
function logRatio(path: Path, v: Float64Array, at: number, beta: number, next: number): number {
  const { graph } = path.machine;
  const [a0, a1] = path.biases;
  let slope = 0;
  for (let i = 0; i < a0.length; i++) slope += (a1[i] - a0[i]) * v[at + i];
  path.ends.forEach((end, k) => writeBias(hiddenSide(graph), end, path.fields[k]));
  const [f0, f1] = path.fields;
  addFields(graph.byVisible, path.ends[1], v, at, f1, 0);
  const logPartition = (b: number): number => {
    for (let j = 0; j < f0.length; j++) path.field[j] = (1 - b) * f0[j] + b * f1[j];
    return graph.hidden.logPartition(path.field, 0);
  };
  return (next - beta) * slope + logPartition(next) - logPartition(beta);
}

function estimate(logZ0: number, logWeights: Float64Array): AisEstimate {
  const C = logWeights.length;
  const total = logSumExp(logWeights);
  const effectiveSize = exp(2 * total - logSumExp(logWeights.map((w) => 2 * w)));
  const mean = logWeights.reduce((sum, w) => sum + w / C, 0);
  const variance = logWeights.reduce((sum, w) => sum + (w - mean) ** 2 / (C - 1), 0);
  const spread = Math.sqrt(Math.max(C / effectiveSize - 1, 0) / (C - 1));
  const excess = variance > 30 ? variance - log(C) : log1p((exp(variance) - 1) / C);
  const standardError = Math.max(spread, Math.sqrt(Math.max(excess, 0)));
  return { logZ: logZ0 + total - log(C), standardError, effectiveSize, logWeights };
}

/**
 * log Z by annealed importance sampling: chains start from independent units, whose log Z is known, and are led to ν
 * along (1 − β) start + β ν with the hidden units summed out (Neal 2001, doi:10.1023/A:1008923215028; Salakhutdinov &
 * Murray 2008, doi:10.1145/1390156.1390266). When to use: both sides are too large for exact sums. Cost: chains ×
 * temperatures Gibbs sweeps and free energies.
 */
export function ais(machine: Rbm, nu: Float64Array, options: AisOptions): AisEstimate {
  const { chains: count, temperatures, random } = options;
  const start = options.start ?? new Float64Array(nu.length);
  for (const [name, x] of [["nu", nu] as const, ["start", start] as const])
    if (x.length !== machine.labels.length || !x.every(Number.isFinite))
      throw new ArgumentError("ais", `${name} must be ${machine.labels.length} finite numbers`);
  for (const [name, n, least] of [["chains", count, 2] as const, ["temperatures", temperatures, 1] as const])
    if (!Number.isSafeInteger(n) || n < least)
      throw new ArgumentError("ais", `${name} must be an integer of at least ${least}, got ${n}`);
  const logZ0 = independentLogZ(machine, start);
  const chains = startChains(machine, count, random);
  gibbs.run(machine, start, chains, 1); // without weights one sweep is an exact draw
  const path = createPath(machine, start, nu);
  const V = machine.graph.visible.size;
  const logWeights = new Float64Array(count);
  const at = new Float64Array(nu.length);
  for (let t = 0; t < temperatures; t++) {
    const [beta, next] = [t / temperatures, (t + 1) / temperatures];
    for (let c = 0; c < count; c++) logWeights[c] += logRatio(path, chains.visible, c * V, beta, next);
    for (let k = 0; k < nu.length; k++) at[k] = (1 - next) * start[k] + next * nu[k];
    if (t + 1 < temperatures) gibbs.run(machine, at, chains, 1);
  }
  return estimate(logZ0, logWeights);
}
