import { NumericalError } from "@dbd/numerics/errors";
import { drawExponentialByZiggurat } from "@dbd/numerics/random/ziggurat";
import type { RandomSource } from "@dbd/numerics/random/source";
import type { CompiledDynamics, CompiledNetwork, LawFunction } from "../compile.ts";
import { compileExpression, symbolsOf, timeSymbol } from "../expression.ts";
import { compileInterval, type IntervalFunction } from "../interval.ts";
import { reactionLabel } from "../network.ts";
import { stateText } from "./failure.ts";

interface TimedLaw {
  readonly reaction: number;
  readonly value: LawFunction;
  readonly bounds: IntervalFunction;
}

/**
 * Reactions whose law depends on time, by thinning (Lewis & Shedler 1979, doi:10.1002/nav.3800260304): candidates come
 * at a rate that bounds the laws over a window of time, and each is taken with the ratio of law and bound. The bound is
 * proved by interval arithmetic, so the law of the trajectory is exact.
 */
export class Thinning {
  private readonly net: CompiledNetwork;
  private readonly laws: readonly TimedLaw[];
  private readonly timeSlot: number;
  private readonly bound: Float64Array;
  private total = 0;
  private width = Infinity;
  /** Slots that the laws read, time aside. */
  readonly watched: ReadonlySet<number>;
  /** End of the window for which the bounds hold. */
  windowEnd: number = Infinity;
  /** Time of the next candidate; ∞ when none comes in the window. */
  candidate: number = Infinity;

  constructor(net: CompiledNetwork, { timed, slots, constants }: CompiledDynamics) {
    this.net = net;
    this.timeSlot = slots.get(timeSymbol)!;
    this.laws = timed.map(({ reaction, law }) => ({
      reaction,
      value: compileExpression(law, slots, constants),
      bounds: compileInterval(law, slots, timeSymbol, constants),
    }));
    this.bound = new Float64Array(timed.length);
    const names = timed.flatMap(({ law }) => symbolsOf(law)).filter((name) => slots.has(name) && name !== timeSymbol);
    this.watched = new Set(names.map((name) => slots.get(name)!));
  }

  /** Sum of the bounds over [t, end]; fills `bound`. */
  private boundTotal(x: Float64Array, t: number, end: number): number {
    let total = 0;
    for (const [i, { bounds }] of this.laws.entries()) {
      const { high } = bounds(x, t, end);
      this.bound[i] = Math.max(0, high);
      total += this.bound[i];
    }
    return total;
  }

  /** The laws at time t. @throws {NumericalError} For one that is negative or not finite. */
  private lawAt(law: TimedLaw, x: Float64Array, t: number): number {
    x[this.timeSlot] = t;
    const value = law.value(x);
    if (value >= 0 && value < Infinity) return value;
    const problem = `the propensity of ${reactionLabel(this.net.network, law.reaction)} is ${value} at ${stateText(this.net, x)}`;
    const hint = "A law must be finite and ≥ 0 at every time, for example max(0, law)";
    throw new NumericalError("simulate", `${problem}, t = ${t}`, { time: t }, hint);
  }

  /** Forgets what earlier trajectories taught: none depends on another. */
  begin(): void {
    this.width = Infinity;
  }

  /** Draws the next candidate from t on, in a window no longer than to `horizon`. */
  plan(x: Float64Array, t: number, horizon: number, random: RandomSource): void {
    this.windowEnd = Infinity;
    this.candidate = Infinity;
    if (this.laws.length === 0 || t >= horizon) return;
    let now = 0;
    for (const law of this.laws) now += this.lawAt(law, x, t);
    // A window in which few candidates come need not be tight; otherwise the bound should not be far above the laws.
    let end = Math.min(horizon, t + 4 * this.width);
    for (let tries = 0; ; tries++) {
      if (!(end > t)) end = horizon;
      this.total = this.boundTotal(x, t, end);
      let sampled = now;
      let half = 0;
      for (const law of this.laws) half += this.lawAt(law, x, t + (end - t) / 2);
      sampled = Math.max(sampled, half);
      if (this.total < Infinity && (this.total * (end - t) <= 2 || this.total <= 2 * sampled || tries >= 40)) break;
      if (tries >= 200 || t + (end - t) / 2 <= t) {
        const names = this.laws.map(({ reaction }) => reactionLabel(this.net.network, reaction)).join(", ");
        const problem = `no bound is found for the law of ${names} near t = ${t} (${stateText(this.net, x)})`;
        throw new NumericalError("simulate", problem, { time: t }, "Keep divisors and logarithms away from 0 by max()");
      }
      end = t + (end - t) / 2;
    }
    x[this.timeSlot] = t;
    this.width = end - t;
    this.windowEnd = end;
    if (this.total > 0) {
      const candidate = t + drawExponentialByZiggurat(random) / this.total;
      if (candidate <= end) this.candidate = candidate;
    }
  }

  /** The reaction that the candidate is, undefined when it is thinned out. */
  decide(x: Float64Array, random: RandomSource): number | undefined {
    const t = this.candidate;
    let target = random() * this.total;
    for (const [i, law] of this.laws.entries()) {
      if (target < this.bound[i]) {
        const value = this.lawAt(law, x, t);
        if (value > this.bound[i] * (1 + 1e-9)) {
          throw new NumericalError(
            "simulate",
            `the law of ${reactionLabel(this.net.network, law.reaction)} exceeds its bound`,
            { time: t },
          );
        }
        return target < value ? law.reaction : undefined;
      }
      target -= this.bound[i];
    }
    return undefined; // rounding at the upper end
  }
}
