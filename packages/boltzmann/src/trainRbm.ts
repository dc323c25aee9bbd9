import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import { drawNormal } from "@dbd/numerics/random/normal";
import type { RandomSource } from "@dbd/numerics/random/source";
import { pace, type RunControl, type Stopped } from "@dbd/numerics/run";
import { type Centring, centred, centreGradient } from "./centring.ts";
import { conditionalMoments, type LayerMoments, layerMoments } from "./conditionalMoments.ts";
import type { Rbm } from "./families/rbm.ts";
import { checkStates } from "./layers/layer.ts";
import type { Preconditioner } from "./fisherPreconditioner.ts";
import type { AsleepPhase } from "./phases/phase.ts";
import type { Chains } from "./samplers/chains.ts";

export interface TrainOptions extends RunControl {
  readonly phase: AsleepPhase;
  readonly iterations: number;
  /** Step size in ν, constant or by iteration. Persistent chains need steps that shrink to end precisely. */
  readonly rate: number | ((iteration: number) => number);
  readonly random: RandomSource;
  /** Rows per iteration, drawn with replacement; default all rows, none drawn. */
  readonly batch?: number;
  /** Default `centred`. Without effect when there is a preconditioner, which makes its own coordinates. */
  readonly centring?: Centring;
  /** Turns the gradient into a step, such as `fisherPreconditioner`. */
  readonly preconditioner?: Preconditioner;
  /** ν to start from. Default: weights normal with deviation 0.01, biases zero. */
  readonly start?: Float64Array;
  /** ν is averaged over so many last iterations (Polyak); default 1. */
  readonly averageLast?: number;
}

export interface Training {
  readonly nu: Float64Array;
  readonly iterations: number;
  readonly stopped: Stopped;
  /** The asleep phase's chains as they are at the end. */
  readonly chains: Chains | undefined;
}

const OFFSET_RATE = 0.1; // offsets follow the means over about ten iterations

function check(machine: Rbm, options: TrainOptions): void {
  const { iterations, batch = 1, averageLast = 1, start } = options;
  for (const [name, n] of [
    ["iterations", iterations] as const,
    ["batch", batch] as const,
    ["averageLast", averageLast] as const,
  ])
    if (!Number.isSafeInteger(n) || n < 1)
      throw new ArgumentError("trainRbm", `${name} must be a positive integer, got ${n}`);
  if (start !== undefined && (start.length !== machine.labels.length || !start.every(Number.isFinite)))
    throw new ArgumentError("trainRbm", `start must be ${machine.labels.length} finite numbers`);
}

function startOf(machine: Rbm, random: RandomSource): Float64Array {
  const nu = new Float64Array(machine.labels.length);
  for (const k of new Set(machine.graph.byVisible.nu)) nu[k] = 0.01 * drawNormal(random);
  return nu;
}

function fillBatch(data: Float64Array, V: number, random: RandomSource, batch: Float64Array): void {
  for (let at = 0; at < batch.length; at += V) {
    const row = Math.floor(random() * (data.length / V));
    batch.set(data.subarray(row * V, (row + 1) * V), at);
  }
}

function follow(offset: Float64Array, awake: Float64Array, asleep: Float64Array, c: Centring, rate: number): void {
  for (let i = 0; i < offset.length; i++) offset[i] += rate * (c.data * awake[i] + c.model * asleep[i] - offset[i]);
}

/** Averages over rows of data at ν. `rows` is what a phase may start chains from: configurations of the visible side. */
export interface AwakeAverage {
  /** Values per row of data. */
  readonly width: number;
  moments(nu: Float64Array, batch: Float64Array, out: LayerMoments): Float64Array;
}

/**
 * Maximum-likelihood learning of a machine by ν ← ν − rate · (awake − asleep), the gradient centred and the asleep
 * moments from any phase: `exactPhase`, `contrastiveDivergence(k)`, `persistent({ chains })`.
 * @param data - Visible configurations, shape [rows, V].
 * @throws NumericalError when ν stops being finite: lower the rate.
 */
export async function trainRbm(machine: Rbm, data: Float64Array, options: TrainOptions): Promise<Training> {
  checkStates("trainRbm", machine.graph.visible, data);
  const moments = (nu: Float64Array, batch: Float64Array, out: LayerMoments): Float64Array => {
    conditionalMoments(machine, nu, batch, out);
    return batch;
  };
  return climb(machine, data, { width: machine.graph.visible.size, moments }, options);
}

/** The loop of `trainRbm` and `trainDbm`; the data are known to fit. */
export async function climb(
  machine: Rbm,
  data: Float64Array,
  awakeAverage: AwakeAverage,
  options: TrainOptions,
): Promise<Training> {
  check(machine, options);
  const { phase, iterations, random, centring = centred, rate, preconditioner } = options;
  const averageLast = Math.min(options.averageLast ?? 1, iterations);
  const [V, H] = [machine.graph.visible.size, machine.graph.hidden.size];
  const nu = options.start?.slice() ?? startOf(machine, random);
  const chains = phase.state(machine, random);
  const [awake, asleep]: [LayerMoments, LayerMoments] = [layerMoments(machine), layerMoments(machine)];
  const batch = options.batch === undefined ? data : new Float64Array(options.batch * awakeAverage.width);
  const [mu, lambda] = [new Float64Array(V), new Float64Array(H)];
  const gradient = new Float64Array(nu.length);
  const average = new Float64Array(nu.length);
  const goOn = pace(options);
  for (let i = 0; i < iterations; i++) {
    if (options.batch !== undefined) fillBatch(data, awakeAverage.width, random, batch);
    const rows = awakeAverage.moments(nu, batch, awake);
    phase.moments(machine, nu, rows, chains, random, asleep);
    for (let k = 0; k < nu.length; k++) gradient[k] = awake.phi[k] - asleep.phi[k];
    if (preconditioner === undefined) {
      follow(mu, awake.visible, asleep.visible, centring, i === 0 ? 1 : OFFSET_RATE);
      follow(lambda, awake.hidden, asleep.hidden, centring, i === 0 ? 1 : OFFSET_RATE);
      centreGradient(machine.graph, gradient, mu, lambda);
    } else
      preconditioner.apply(machine, nu, chains === undefined ? undefined : phase.rows?.(machine, chains), gradient);
    const step = typeof rate === "number" ? rate : rate(i);
    const weight = i < iterations - averageLast ? 0 : 1 / averageLast;
    for (let k = 0; k < nu.length; k++) {
      nu[k] -= step * gradient[k];
      average[k] += weight * nu[k];
    }
    if (!nu.every(Number.isFinite))
      throw new NumericalError("trainRbm", "ν is no longer finite", { iteration: i }, "Lower the rate");
    if (!(await goOn({ done: i + 1, total: iterations }))) return { nu, iterations: i + 1, stopped: "aborted", chains };
  }
  return { nu: average, iterations, stopped: "budget", chains };
}
