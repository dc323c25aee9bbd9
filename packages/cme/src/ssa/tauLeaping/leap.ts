import { NumericalError } from "@dbd/numerics/errors";
import type { CompiledNetwork } from "../../compile.ts";
import { symbolsOf } from "../../expression.ts";

/** How far one leap may go, and what it does to a state. */
export interface Leap {
  /** 1 for reactions that could use up a reactant soon, as of the last `longest`, shape [R]. */
  readonly critical: Uint8Array;
  /** Firings of each reaction in a leap, shape [R]. */
  readonly counts: Float64Array;
  /** The state after the leap, shape [S]; written by `apply`. */
  readonly next: Float64Array;
  /** The longest leap that respects ε (Cao, Gillespie & Petzold 2006, eq. 33), in s; marks critical reactions. */
  longest(x: Float64Array, a: Float64Array): number;
  /** Adds all firings to a state; false when a count would fall below 0. @throws {NumericalError} For one above `most`. */
  apply(x: Float64Array, most: number): boolean;
}

/** The highest order of a reaction in which a species takes part, and how many copies of it take part there. */
interface Highest {
  readonly order: Int32Array;
  readonly copies: Int32Array;
}

function highestOrders(net: CompiledNetwork): Highest {
  const species = net.network.species.length;
  const highest: Highest = { order: new Int32Array(species), copies: new Int32Array(species) };
  const note = (s: number, order: number, copies: number): void => {
    if (order < highest.order[s] || (order === highest.order[s] && copies <= highest.copies[s])) return;
    highest.order[s] = order;
    highest.copies[s] = copies;
  };
  const slots = new Map(net.network.species.map((name, s) => [name, s]));
  for (const [r, { rate, reactants }] of net.network.reactions.entries()) {
    if (net.laws[r] !== undefined) {
      const order = Math.max(3, rate.kind === "law" ? 3 : reactants.reduce((sum, side) => sum + side.order, 0));
      if (rate.kind === "massAction") for (const side of reactants) note(side.species, order, side.order);
      const expr = rate.kind === "law" ? rate.law : rate.constant;
      for (const name of symbolsOf(net.dynamics?.resolve(expr) ?? expr)) {
        if (slots.has(name)) note(slots.get(name)!, order, 1);
      }
      continue;
    }
    let order = 0;
    for (let e = net.start[r]; e < net.start[r + 1]; e++) order += net.order[e];
    for (let e = net.start[r]; e < net.start[r + 1]; e++) note(net.species[e], order, net.order[e]);
  }
  return highest;
}

/** g_i of eq. 27: how much faster propensities change than the species, relative to each. Orders above 3 by their order. */
function sensitivity(order: number, copies: number, x: number): number {
  const near = (k: number): number => 1 / Math.max(x - k, 1);
  if (copies <= 1) return order;
  if (order === 2) return 2 + near(1);
  if (order === 3) return copies === 2 ? 1.5 * (2 + near(1)) : 3 + near(1) + 2 * near(2);
  let sum = order;
  for (let k = 1; k < copies; k++) sum += k * near(k);
  return sum;
}

export function createLeap(net: CompiledNetwork, epsilon: number, criticalFirings: number): Leap {
  const { changeStart, changeSpecies, change, rate } = net;
  const species = net.network.species.length;
  const { order, copies } = highestOrders(net);
  const critical = new Uint8Array(rate.length);
  const counts = new Float64Array(rate.length);
  const next = new Float64Array(species);
  const drift = new Float64Array(species);
  const spread = new Float64Array(species);
  return {
    critical,
    counts,
    next,
    longest(x, a) {
      drift.fill(0);
      spread.fill(0);
      for (let r = 0; r < rate.length; r++) {
        const end = changeStart[r + 1];
        critical[r] = 0;
        if (a[r] === 0) continue;
        for (let e = changeStart[r]; e < end; e++) {
          if (change[e] < 0 && x[changeSpecies[e]] < -change[e] * criticalFirings) critical[r] = 1;
        }
        if (critical[r] === 1) continue;
        for (let e = changeStart[r]; e < end; e++) {
          const s = changeSpecies[e];
          drift[s] += change[e] * a[r];
          spread[s] += change[e] * change[e] * a[r];
        }
      }
      let longest = Infinity;
      for (let s = 0; s < species; s++) {
        if (order[s] === 0 || spread[s] === 0) continue;
        const most = Math.max((epsilon * x[s]) / sensitivity(order[s], copies[s], x[s]), 1);
        longest = Math.min(longest, most / Math.abs(drift[s]), (most * most) / spread[s]);
      }
      return longest;
    },
    apply(x, most) {
      for (let s = 0; s < species; s++) next[s] = x[s];
      for (let r = 0; r < counts.length; r++) {
        const k = counts[r];
        if (k === 0) continue;
        const end = changeStart[r + 1];
        for (let e = changeStart[r]; e < end; e++) next[changeSpecies[e]] += k * change[e];
      }
      let fits = true;
      for (let s = 0; s < species; s++) {
        if (!(next[s] <= most)) {
          const name = net.network.species[s];
          throw new NumericalError(
            "simulate",
            `a leap takes ${name} to ${next[s]}, more than ${most}`,
            {},
            "End earlier",
          );
        }
        if (next[s] < 0) fits = false;
      }
      return fits;
    },
  };
}
