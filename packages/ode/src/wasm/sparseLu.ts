import { type Code, f64, op, sequence } from "@dbd/numerics/wasm/code";

/** How a matrix with a fixed pattern is factored without row swaps: what to do, in order. */
export interface Elimination {
  readonly size: number;
  /** Places of the factors, with those that fill in: [row, column]. */
  readonly entries: readonly (readonly [row: number, column: number])[];
  /** For each pivot in order: its entry, the rows below it with their updates, and the rest of its row. */
  readonly pivots: readonly Pivot[];
  /** Multiplications of one factorisation. */
  readonly work: number;
}

interface Pivot {
  readonly index: number;
  readonly entry: number;
  readonly below: readonly { readonly row: number; readonly entry: number; readonly updates: readonly Update[] }[];
  readonly right: readonly { readonly column: number; readonly entry: number }[];
}

/** target −= multiplier · source. */
interface Update {
  readonly target: number;
  readonly source: number;
}

/**
 * Chooses pivots on the diagonal by the least product of entries in row and column (Markowitz 1957) and finds what fills
 * in. For 1/(hγ) − J of reaction networks this is stable enough, as in KPP: Sandu et al. (1997), Atmos. Environ. 31, 3151,
 * doi:10.1016/S1352-2310(97)83212-8; the emitted code checks that no pivot cancelled.
 * @returns undefined when more than `most` multiplications are needed.
 */
export function elimination(
  size: number,
  pattern: Iterable<readonly [row: number, column: number]>,
  most: number,
): Elimination | undefined {
  const rows = Array.from({ length: size }, (_, i) => new Set<number>([i]));
  const columns = Array.from({ length: size }, (_, i) => new Set<number>([i]));
  const entries: [number, number][] = [];
  const places = new Map<number, number>();
  const place = (row: number, column: number): number => {
    const key = row * size + column;
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, entries.length);
    return entries.push([row, column]) - 1;
  };
  for (let i = 0; i < size; i++) place(i, i);
  for (const [row, column] of pattern) {
    rows[row].add(column);
    columns[column].add(row);
    place(row, column);
  }
  const left = new Set(rows.keys());
  const pivots: Pivot[] = [];
  let work = 0;
  while (left.size > 0) {
    let k = -1;
    let least = Infinity;
    for (const i of left) {
      const cost = (rows[i].size - 1) * (columns[i].size - 1);
      if (cost < least) [least, k] = [cost, i];
    }
    left.delete(k);
    rows[k].delete(k);
    columns[k].delete(k);
    const right = [...rows[k]].map((column) => ({ column, entry: place(k, column) }));
    const below = [...columns[k]].map((row) => ({
      row,
      entry: place(row, k),
      updates: right.map(({ column, entry }) => {
        rows[row].add(column);
        columns[column].add(row);
        return { target: place(row, column), source: entry };
      }),
    }));
    for (const row of columns[k]) rows[row].delete(k);
    for (const column of rows[k]) columns[column].delete(k);
    work += below.length * (right.length + 1);
    if (work > most) return undefined;
    pivots.push({ index: k, entry: place(k, k), below, right });
  }
  return { size, entries, pivots, work };
}

/** Where the numbers of a factorisation are. */
export interface Matrix {
  readonly get: (entry: number) => Code;
  readonly set: (entry: number, value: Code) => Code;
}

/** A pivot that is smaller than this part of what stood there first has cancelled. */
const cancelled = 1e-10;

/**
 * Statements that make factors of `shift` − J, pivots inverted.
 * @param jacobian - The entry of J at the place of a factor, undefined where J is 0.
 * @param good - Takes a condition (i32) that must hold.
 */
export function factorCode(
  plan: Elimination,
  matrix: Matrix,
  jacobian: (entry: number) => Code | undefined,
  shift: Code,
  good: (condition: Code) => Code,
): Code[] {
  const start = plan.entries.map(([row, column], e): Code => {
    const value = jacobian(e);
    if (row !== column) return matrix.set(e, value === undefined ? f64(0) : op("f64.neg", value));
    return matrix.set(e, value === undefined ? shift : op("f64.sub", shift, value));
  });
  const steps = plan.pivots.flatMap(({ entry, below }): Code[] => {
    const original = jacobian(entry);
    const first = original === undefined ? shift : op("f64.sub", shift, original);
    const size = op("f64.abs", matrix.get(entry));
    const large = op("f64.gt", size, op("f64.mul", f64(cancelled), op("f64.abs", first)));
    return [
      good(op("i32.and", large, op("f64.lt", size, f64(Infinity)))),
      matrix.set(entry, op("f64.div", f64(1), matrix.get(entry))),
      ...below.flatMap(({ entry: multiplier, updates }) => [
        matrix.set(multiplier, op("f64.mul", matrix.get(multiplier), matrix.get(entry))),
        ...updates.map(({ target, source }) =>
          matrix.set(
            target,
            op("f64.sub", matrix.get(target), op("f64.mul", matrix.get(multiplier), matrix.get(source))),
          ),
        ),
      ]),
    ];
  });
  return [...start, ...steps];
}

/** Statements that solve with the factors in place. */
export function solveCode(plan: Elimination, matrix: Matrix, vector: Matrix): Code[] {
  const minus = (i: number, entry: number, j: number): Code =>
    vector.set(i, op("f64.sub", vector.get(i), op("f64.mul", matrix.get(entry), vector.get(j))));
  const forward = plan.pivots.flatMap(({ index, below }) => below.map(({ row, entry }) => minus(row, entry, index)));
  const back = plan.pivots
    .toReversed()
    .map(({ index, entry, right }) =>
      sequence(
        ...right.map(({ column, entry: e }) => minus(index, e, column)),
        vector.set(index, op("f64.mul", vector.get(index), matrix.get(entry))),
      ),
    );
  return [...forward, ...back];
}
