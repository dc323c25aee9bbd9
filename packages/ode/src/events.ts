import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import type { Stepper } from "./method.ts";

/** Something to look out for: a zero crossing of `value` along the solution. */
export interface EventCondition {
  /** Changes sign where the event happens. Hot path. */
  readonly value: (t: number, y: Float64Array) => number;
  /** 1: only from negative to positive in the order of integration; −1: only from positive to negative. */
  readonly direction?: 1 | -1 | undefined;
  /** Whether the integration ends there. */
  readonly terminal?: boolean | undefined;
}

/** An event that happened. */
export interface EventRecord {
  /** Index into `events`. */
  readonly event: number;
  readonly time: number;
  /** State there, from the dense output, shape [P]; `value` has changed its sign already, or is 0. */
  readonly y: Float64Array;
}

/** Pieces of a step: two crossings within one piece stay unseen. */
const pieces = 4;

/** A watch over the steps of one integration. */
export interface Watch {
  /** Events of the last step in their order, cut after the first terminal one. */
  scan(stepper: Stepper): EventRecord[];
  /** Whether this event ends the integration. */
  ends(record: EventRecord): boolean;
}

/** @throws ArgumentError when a condition has a direction other than 1 or −1. */
export function watchEvents(events: readonly EventCondition[], t0: number, y0: Float64Array): Watch {
  const P = y0.length;
  const y = new Float64Array(P);
  events.forEach(({ direction }, i) => {
    if (direction !== undefined && direction !== 1 && direction !== -1)
      throw new ArgumentError("integrate", `events[${i}].direction must be 1 or -1, got ${String(direction)}`);
  });
  const valueAt = (i: number, t: number, state: Float64Array): number => {
    const g = events[i].value(t, state);
    if (Number.isNaN(g))
      throw new NumericalError("integrate", `events[${i}].value is NaN at t = ${t}`, { time: t, nu: [...state] });
    return g;
  };
  const last = events.map((_, i) => valueAt(i, t0, y0));

  /** Time of the crossing in [ta, tb], g changing sign from ga to gb; the end where it has changed is returned. */
  const locate = (stepper: Stepper, i: number, from: number, ga: number, to: number, gb: number): number => {
    let [ta, a, tb, b] = [from, ga, to, gb];
    for (let n = 0; n < 120 && Math.abs(tb - ta) > 2 * Number.EPSILON * Math.abs(tb) && b !== 0; n++) {
      // false position, with a bisection every third time so that it cannot stall
      const t = n % 3 === 2 ? (ta + tb) / 2 : tb - (b * (tb - ta)) / (b - a);
      if (t === ta || t === tb) {
        if (n % 3 === 2) break;
        continue;
      }
      stepper.interpolate(t, y);
      const g = valueAt(i, t, y);
      if (g === 0 || g > 0 === gb > 0) [tb, b] = [t, g];
      else [ta, a] = [t, g];
    }
    return tb;
  };

  /** Crossing of event i in one piece, if there is one. */
  const look = (stepper: Stepper, i: number, ta: number, tb: number): EventRecord | undefined => {
    stepper.interpolate(tb, y);
    const a = last[i];
    const b = valueAt(i, tb, tb === stepper.t ? stepper.y : y);
    last[i] = b;
    const rises = a < 0;
    if (a === 0 || (rises ? b < 0 : b > 0)) return undefined; // a zero at the start of the piece was its predecessor's
    const { direction } = events[i];
    if (direction !== undefined && direction !== (rises ? 1 : -1)) return undefined;
    const time = locate(stepper, i, ta, a, tb, b);
    const state = new Float64Array(P);
    if (time === stepper.t) state.set(stepper.y);
    else stepper.interpolate(time, state);
    return { event: i, time, y: state };
  };

  const ends = ({ event }: EventRecord): boolean => events[event].terminal === true;
  return {
    ends,
    scan(stepper) {
      const { before, t } = stepper;
      const found: EventRecord[] = [];
      for (let n = 0; n < pieces; n++) {
        const ta = before + (n / pieces) * (t - before);
        const tb = n + 1 === pieces ? t : before + ((n + 1) / pieces) * (t - before);
        for (let i = 0; i < events.length; i++) {
          const record = look(stepper, i, ta, tb);
          if (record !== undefined) found.push(record);
        }
      }
      const sign = Math.sign(t - before);
      found.sort((left, right) => sign * (left.time - right.time));
      const cut = found.findIndex(ends);
      return cut < 0 ? found : found.slice(0, cut + 1);
    },
  };
}
