import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import type { Dynamics } from "@dbd/ode";

/** Where F is known: lowest and highest value of every coordinate, [P]. Grids' axes and `boxAround` are such boxes. */
export type Box = readonly { readonly start: number; readonly end: number }[];

/** What happens outside, and how to call the coordinates. */
export interface DomainOptions {
  /** "stop": a NumericalError says where. "hold": F of the nearest point of the box. */
  readonly outside: "stop" | "hold";
  /** Names of the coordinates, [P]. */
  readonly labels?: readonly string[];
}

/** Where a path leaves a box first. */
export interface Exit {
  /** Index of the time. */
  readonly time: number;
  /** Index of the coordinate. */
  readonly coordinate: number;
  readonly value: number;
}

const outsideOf = ({ start, end }: Box[number], value: number): boolean => !(value >= start && value <= end);

function nameOf(labels: readonly string[] | undefined, k: number): string {
  return labels?.[k] ?? `y[${k}]`;
}

/** The first state of a path [T, P] outside the box, or undefined. */
export function firstExit(path: Float64Array, box: Box): Exit | undefined {
  const P = box.length;
  const at = path.findIndex((value, i) => outsideOf(box[i % P], value));
  return at < 0 ? undefined : { time: Math.floor(at / P), coordinate: at % P, value: path[at] };
}

/**
 * A learned F with a fence: what was fitted inside a box is either not asked outside, or answers with its value at the
 * nearest point, which is bounded. (Grid functions extend themselves by their boundary's tangent.) On the box itself
 * nothing changes; across its border the held field is continuous and its derivatives jump.
 * @throws ArgumentError when the box has the wrong number of sides or is empty; with "stop", NumericalError at run time.
 */
export function within(dynamics: Dynamics, box: Box, { outside, labels }: DomainOptions): Dynamics {
  const P = dynamics.shape[0];
  if (box.length !== P) throw new ArgumentError("within", `the box must have ${P} sides, got ${box.length}`);
  const empty = box.findIndex(({ start, end }) => !(start < end));
  if (empty >= 0)
    throw new ArgumentError(
      "within",
      `the side of ${nameOf(labels, empty)} runs from ${box[empty].start} to ${box[empty].end}`,
    );
  const nearest = new Float64Array(P);
  const inside = new Uint8Array(P);
  const masked = new Float64Array(P);
  const locate = (y: Float64Array): void => {
    for (let k = 0; k < P; k++) {
      const { start, end } = box[k];
      inside[k] = outsideOf(box[k], y[k]) ? 0 : 1;
      nearest[k] = Math.min(Math.max(y[k], start), end);
      if (inside[k] === 1 || outside === "hold") continue;
      const side = y[k] < start ? `below ${start}` : `above ${end}`;
      throw new NumericalError(
        "within",
        `the trajectory left the domain of F: ${nameOf(labels, k)} = ${y[k].toPrecision(6)} is ${side}`,
        {},
        'Learn from starts that reach there, integrate a shorter time, or allow it with outside: "hold"',
      );
    }
  };
  return {
    shape: dynamics.shape,
    evaluate(y, u, out) {
      locate(y);
      dynamics.evaluate(nearest, u, out);
    },
    jvp(y, u, dy, du, out) {
      locate(y);
      for (let k = 0; k < P; k++) masked[k] = inside[k] * dy[k];
      dynamics.jvp(nearest, u, masked, du, out);
    },
    vjp(y, u, seed, yBar, uBar) {
      locate(y);
      masked.fill(0);
      dynamics.vjp(nearest, u, seed, masked, uBar);
      for (let k = 0; k < P; k++) yBar[k] += inside[k] * masked[k];
    },
  };
}
