/** One array of a result: row-major values and their shape. NaN marks "not available here" and leaves a gap. */
export interface FigureArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export interface FigureStart {
  readonly label: string;
  readonly role: "training" | "heldOut";
}

/**
 * Arrays that figures read, by name: A starts (training first), T times, P interactions, D snapshots, N counts, I iterations,
 * B kicks, G grid points, K runs. A figure whose arrays are missing is not drawn.
 */
export type FigureArrayName =
  | "times" // [T]
  | "awake" // [A,T,P] ⟨φ_k⟩ of the true p
  | "asleep" // [A,T,P] ⟨φ_k⟩ of the learned p̃
  | "exactMean" // [A,T]
  | "exactSd" // [A,T]
  | "learnedMean" // [A,T]
  | "learnedSd" // [A,T]
  | "analyticMean" // [A,T]
  | "kl" // [A,T] nats
  | "floor" // [A,T] nats
  | "analyticKl" // [A,T] nats
  | "nu" // [A,T,P]
  | "nuBest" // [A,T,P]
  | "y" // [A,T,P] chart coordinates
  | "snapshotTimes" // [D]
  | "snapshotExact" // [A,D,N]
  | "snapshotLearned" // [A,D,N]
  | "objective" // [I+1]
  | "fieldAxis0" // [G0]
  | "fieldAxis1" // [G1], P = 2 only
  | "fieldLearned" // [G0,P] or [G0,G1,P]
  | "fieldAnalytic" // the same
  | "visited" // [P,2]
  | "pathLearned" // [A,T,P]
  | "pathAnalytic" // [A,T,P]
  | "responseKicks" // [B]
  | "response" // [B,P,P,T]
  | "trajectoryTimes" // [T'], defaults to `times`
  | "trajectories" // [K,T'] copies of the first start
  | "trajectoryMean"; // [T'], defaults to exactMean of the first start

/** What the figures need to know of a result: a part of what `runExperiment` returns, copied so that this layer stays below it. */
export interface FigureData {
  readonly species: string;
  readonly family: { readonly labels: readonly string[] };
  readonly chart: { readonly name: string; readonly labels: readonly string[] };
  readonly starts: readonly FigureStart[];
  readonly arrays: Readonly<Partial<Record<FigureArrayName, FigureArray>>>;
}

/** A point of a curve in data units; a NaN in either place is a gap. */
export type Point = readonly [x: number, y: number];

/** Values along one axis of an array, e.g. `slice(kl, [a, null])` for row a of an [A,T] array. Exactly one index is null. */
export function slice(array: FigureArray, index: readonly (number | null)[]): Float64Array {
  const axis = index.indexOf(null);
  const out = new Float64Array(array.shape[axis] ?? 0);
  for (let i = 0; i < out.length; i++) {
    let at = 0;
    for (let d = 0; d < index.length; d++) at = at * (array.shape[d] ?? 1) + (index[d] ?? i);
    out[i] = array.data[at] ?? NaN;
  }
  return out;
}

/** Pairs of two equally long lists. */
export function points(x: ArrayLike<number>, y: ArrayLike<number>): Point[] {
  return Array.from({ length: Math.min(x.length, y.length) }, (_, i) => [x[i] ?? NaN, y[i] ?? NaN]);
}

/** Smallest and largest finite value, or undefined where there is none. */
export function extent(...lists: readonly Iterable<number>[]): readonly [number, number] | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (const list of lists) {
    for (const value of list) {
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : undefined;
}

/** Up to `count` of the starts: held-out ones take at most half of the places; each role evenly spaced, ends included. */
export function representatives(starts: readonly FigureStart[], count: number): number[] {
  const training = starts.flatMap((start, a) => (start.role === "training" ? [a] : []));
  const heldOut = starts.flatMap((start, a) => (start.role === "heldOut" ? [a] : []));
  const held = Math.min(heldOut.length, Math.max(Math.floor(count / 2), count - training.length));
  return [...spaced(training, count - held), ...spaced(heldOut, held)];
}

/** At most `count` of the list, evenly spaced, first and last included. */
export function spaced<Item>(list: readonly Item[], count: number): Item[] {
  if (list.length <= count) return [...list];
  if (count <= 1) return list.slice(0, count);
  const step = (list.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, i) => list[Math.round(i * step)]);
}

/** Log axis for times that start after zero and span more than a factor of 30. */
export function timeScale(times: Float64Array): "log" | "linear" {
  const range = extent(times);
  return range !== undefined && range[0] > 0 && range[1] / range[0] > 30 ? "log" : "linear";
}
