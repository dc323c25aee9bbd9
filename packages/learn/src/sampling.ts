import { ArgumentError } from "@dbd/numerics/errors";
import type { RandomSource, Seed } from "@dbd/numerics/random/source";
import { stream } from "@dbd/numerics/random/stream";
import type { AsleepPhase } from "./phases.ts";
import type { LearnableFamily } from "./problem.ts";

/** How to sample the asleep phase. */
export interface SampledAsleep {
  /** Draws per start, time and iteration. About 1000 stratified or 10⁴ independent ones serve. */
  readonly draws: number;
  /** Stratified inverse-CDF draws (true unless given): far less noise than independent ones. */
  readonly stratified?: boolean;
  readonly seed: Seed;
}

/** A family of counts that can be drawn from. */
interface DrawnFamily extends LearnableFamily {
  statistics(n: number, out: Float64Array): void;
  draw(nu: Float64Array, count: number, random: RandomSource, out: Int32Array): void;
  drawStratified(nu: Float64Array, count: number, random: RandomSource, out: Int32Array): void;
}

const canDraw = (family: LearnableFamily & Partial<DrawnFamily>): family is DrawnFamily =>
  family.draw !== undefined && family.drawStratified !== undefined;

/**
 * The asleep phase by sampling, one phase per iteration. Draws are fresh at every start, time and iteration: common
 * random numbers would freeze the noise into a bias of the learned F. Iteration i uses stream i of the seed, so that
 * a run can be continued.
 * @throws ArgumentError when the family cannot be drawn from or `draws` is not a positive integer.
 */
export function sampledPhase(
  family: LearnableFamily,
  { draws, stratified = true, seed }: SampledAsleep,
): (iteration: number) => AsleepPhase {
  if (!Number.isInteger(draws) || draws < 1)
    throw new ArgumentError("learn", `asleep.draws must be a positive integer, got ${draws}`);
  if (!canDraw(family)) throw new ArgumentError("learn", 'this family cannot be sampled; use asleep: "exact"');
  const counts = new Int32Array(draws);
  const phi = new Float64Array(family.labels.length);
  return (iteration) => {
    const random = stream(seed, iteration);
    return (nu, out) => {
      if (stratified) family.drawStratified(nu, draws, random, counts);
      else family.draw(nu, draws, random, counts);
      out.fill(0);
      for (const n of counts) {
        family.statistics(n, phi);
        for (let k = 0; k < out.length; k++) out[k] += phi[k] / draws;
      }
    };
  };
}
