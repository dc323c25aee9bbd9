import { ArgumentError } from "@dbd/numerics/errors";
import type { FigureArrayName, FigureData } from "./data.ts";

/** Dimensions of every array by letter; one letter has one size in one result. Sizes that stand alone have letters of their own. */
const shapes: Readonly<Record<FigureArrayName, readonly string[]>> = {
  times: ["T"],
  awake: ["ATP"],
  asleep: ["ATP"],
  exactMean: ["AT"],
  exactSd: ["AT"],
  learnedMean: ["AT"],
  learnedSd: ["AT"],
  analyticMean: ["AT"],
  kl: ["AT"],
  floor: ["AT"],
  analyticKl: ["AT"],
  nu: ["ATP"],
  nuBest: ["ATP"],
  y: ["ATP"],
  snapshotTimes: ["D"],
  snapshotExact: ["ADN"],
  snapshotLearned: ["ADN"],
  objective: ["I"],
  fieldAxis0: ["G"],
  fieldAxis1: ["H"],
  fieldLearned: ["GP", "GHP"],
  fieldAnalytic: ["GP", "GHP"],
  visited: ["P2"],
  pathLearned: ["ATP"],
  pathAnalytic: ["ATP"],
  responseKicks: ["B"],
  response: ["BPPT"],
  trajectoryTimes: ["X"],
  trajectories: ["KX"],
  trajectoryMean: ["X"],
};

/**
 * Checks that the arrays fit together and that the width leaves room to draw.
 * @throws ArgumentError that names the array, its expected and its actual shape
 */
export function checkShapes(where: string, data: FigureData, width = 568): void {
  if (!(width >= 240)) throw new ArgumentError(where, `width must be at least 240 px, got ${width}`);
  const sizes = new Map<string, number>([
    ["A", data.starts.length],
    ["2", 2],
  ]);
  for (const [name, array] of Object.entries(data.arrays)) {
    const { shape, data: values } = array;
    const letters = shapes[name as FigureArrayName]?.find((s) => s.length === shape.length);
    if (letters === undefined) {
      const known = shapes[name as FigureArrayName];
      // Results hold more than figures read; and a field of three interactions is not drawn.
      if (known === undefined || (name.startsWith("field") && shape.length > 3)) continue;
      throw new ArgumentError(where, `${name} must have shape [${known.join("] or [")}], got [${shape.join(", ")}]`);
    }
    // Runs without times of their own are recorded at the times of the result.
    const known = data.arrays.trajectoryTimes === undefined ? letters.replace("X", "T") : letters;
    for (const [d, letter] of Array.from(known).entries()) {
      const size = shape[d] ?? 0;
      const expected = sizes.get(letter) ?? size;
      sizes.set(letter, expected);
      if (size !== expected) {
        throw new ArgumentError(
          where,
          `${name} has shape [${shape.join(", ")}], expected ${letter} = ${expected} at place ${d} of [${Array.from(known).join(", ")}]`,
        );
      }
    }
    const count = shape.reduce((a, b) => a * b, 1);
    if (values.length !== count) {
      throw new ArgumentError(
        where,
        `${name} has ${values.length} values, its shape [${shape.join(", ")}] needs ${count}`,
      );
    }
  }
}
