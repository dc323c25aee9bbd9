import type { AwakeData } from "./awake.ts";
import type { Prediction } from "./predict.ts";
import type { ArrayName, ResultArray } from "./result.ts";
import type { Setup } from "./setup.ts";

type Arrays = Partial<Record<ArrayName, ResultArray>>;
type ArrayKey<Row> = { [K in keyof Row]-?: Row[K] extends Float64Array ? K : never }[keyof Row];

/** One array of all starts, one after the other: [A, T] or [A, T, P], as the rows are [T] or [T, P]. */
export function stacked<Row>({ grid, family }: Setup, rows: readonly Row[], key: ArrayKey<Row>): ResultArray {
  const parts = rows.map((row) => row[key] as Float64Array);
  const data = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    data.set(part, offset);
    offset += part.length;
  }
  const T = grid.times.length;
  const perState: readonly string[] = ["moments", "nuBest", "path", "y", "nu", "asleep"];
  return { shape: perState.includes(String(key)) ? [rows.length, T, family.order] : [rows.length, T], data };
}

/** What the data say, of every start. */
export function dataArrays(setup: Setup, data: readonly AwakeData[]): Arrays {
  return {
    times: { shape: [setup.grid.times.length], data: setup.grid.times },
    awake: stacked(setup, data, "moments"),
    nuBest: stacked(setup, data, "nuBest"),
    exactMean: stacked(setup, data, "mean"),
    exactSd: stacked(setup, data, "sd"),
    floor: stacked(setup, data, "floor"),
  };
}

/** What the learned F predicts, and the analytic one where there is one. */
export function predictionArrays(
  setup: Setup,
  predictions: readonly Prediction[],
  reference: readonly Prediction[] | undefined,
): Arrays {
  return {
    asleep: stacked(setup, predictions, "asleep"),
    nu: stacked(setup, predictions, "nu"),
    y: stacked(setup, predictions, "y"),
    learnedMean: stacked(setup, predictions, "mean"),
    learnedSd: stacked(setup, predictions, "sd"),
    kl: stacked(setup, predictions, "kl"),
    ...(reference === undefined
      ? {}
      : {
          analyticMean: stacked(setup, reference, "mean"),
          analyticSd: stacked(setup, reference, "sd"),
          analyticKl: stacked(setup, reference, "kl"),
        }),
  };
}

/** p(n) and p̃(n) at four times, up to the count beyond which neither shows. */
export function snapshotArrays(setup: Setup, data: readonly AwakeData[], predictions: readonly Prediction[]): Arrays {
  const { times } = setup.grid;
  const P = setup.family.order;
  const at = [...new Set([0, 1 / 3, 2 / 3, 1].map((share) => Math.round(share * (times.length - 1))))];
  const tables = data.map((d, a) =>
    at.map((t) => {
      const nu = predictions[a].nu.slice(t * P, (t + 1) * P);
      return [d.tables[t], nu.every(Number.isFinite) ? setup.family.distribution(nu) : undefined] as const;
    }),
  );
  let N = 1;
  for (const [p, q] of tables.flat()) for (const table of [p, q]) N = Math.max(N, visibleLength(table));
  const shape = [data.length, at.length, N];
  const exact = new Float64Array(data.length * at.length * N);
  const learned = new Float64Array(exact.length);
  tables.flat().forEach(([p, q], i) => {
    exact.set(p.subarray(0, N), i * N);
    if (q === undefined) learned.fill(Number.NaN, i * N, (i + 1) * N);
    else learned.set(q.subarray(0, N), i * N);
  });
  return {
    snapshotTimes: { shape: [at.length], data: Float64Array.from(at, (t) => times[t]) },
    snapshotExact: { shape, data: exact },
    snapshotLearned: { shape, data: learned },
  };
}

function visibleLength(table: Float64Array | undefined): number {
  return table === undefined ? 0 : 1 + table.findLastIndex((p) => p >= 1e-6);
}
