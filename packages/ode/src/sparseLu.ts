/** Places [row, column] that may be nonzero. */
export type Sparsity = readonly (readonly [row: number, column: number])[];

/** Factors of shift · 1 − J for one pattern of J. */
export interface SparseFactors {
  /** False when a pivot cancelled or is not finite: then rows must be swapped, which these factors do not do. */
  factor(jacobian: Float64Array, shift: number): boolean;
  /** Solves in place. */
  solve(b: Float64Array): void;
  /** Entries of L and U together, those that fill in included. */
  readonly entries: number;
}

/** A pivot below this part of what stood there first has cancelled: digits are lost that row swaps would keep. */
const cancelled = 1e-6;

/** The pattern with what fills in, in the order of elimination. */
interface Symbolic {
  readonly order: Int32Array;
  readonly place: (row: number, column: number) => number;
  readonly rows: readonly (readonly number[])[];
  readonly columns: readonly (readonly number[])[];
  readonly entries: readonly (readonly [row: number, column: number])[];
}

/** Pivots on the diagonal by the least (row − 1)(column − 1), Markowitz (1957), Management Science 3, 255. */
function symbolic(n: number, pattern: Sparsity): Symbolic {
  const inRow = Array.from({ length: n }, (_, i) => new Set<number>([i]));
  const inColumn = Array.from({ length: n }, (_, i) => new Set<number>([i]));
  const places = new Map<number, number>();
  const entries: [number, number][] = [];
  const place = (row: number, column: number): number => {
    const key = row * n + column;
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, entries.length);
    return entries.push([row, column]) - 1;
  };
  for (let i = 0; i < n; i++) place(i, i);
  for (const [row, column] of pattern) {
    inRow[row].add(column);
    inColumn[column].add(row);
    place(row, column);
  }
  const order = new Int32Array(n);
  const rows: number[][] = [];
  const columns: number[][] = [];
  const left = new Set(inRow.keys());
  for (let step = 0; step < n; step++) {
    let k = -1;
    let least = Infinity;
    for (const i of left) {
      const cost = (inRow[i].size - 1) * (inColumn[i].size - 1);
      if (cost < least) [least, k] = [cost, i];
    }
    left.delete(k);
    order[step] = k;
    inRow[k].delete(k);
    inColumn[k].delete(k);
    rows.push([...inRow[k]]);
    columns.push([...inColumn[k]]);
    for (const row of inColumn[k]) {
      inRow[row].delete(k);
      for (const column of inRow[k]) {
        inRow[row].add(column);
        inColumn[column].add(row);
        place(row, column);
      }
    }
    for (const column of inRow[k]) inColumn[column].delete(k);
  }
  return { order, place, rows, columns, entries };
}

/**
 * Sparse LU factors without row swaps: the order of elimination and what fills in are found once, then every factorisation
 * is a straight run over flat arrays. Stable enough for 1/(hγ) − J of stiff problems, whose diagonal dominates for
 * accurate steps; a pivot that cancels is reported. Duff, Erisman & Reid, Direct Methods for Sparse Matrices (2017), §5.
 */
export function sparseLu(n: number, pattern: Sparsity): SparseFactors {
  const { order, place, rows, columns, entries } = symbolic(n, pattern);
  const values = new Float64Array(entries.length);
  const source = Int32Array.from(entries, ([row, column]) => row * n + column);
  const diagonal = Int32Array.from(order, (k) => place(k, k));
  const offsets = (lists: readonly (readonly number[])[]): Int32Array => {
    const out = new Int32Array(n + 1);
    lists.forEach((list, k) => (out[k + 1] = out[k] + list.length));
    return out;
  };
  const rowStart = offsets(rows);
  const columnStart = offsets(columns);
  const rowColumn = Int32Array.from(rows.flat());
  const rowEntry = Int32Array.from(rows.flatMap((list, k) => list.map((column) => place(order[k], column))));
  const columnRow = Int32Array.from(columns.flat());
  const columnEntry = Int32Array.from(columns.flatMap((list, k) => list.map((row) => place(row, order[k]))));
  const targets = Int32Array.from(
    columns.flatMap((list, k) => list.flatMap((row) => rows[k].map((column) => place(row, column)))),
  );
  return {
    entries: entries.length,
    factor(jacobian, shift) {
      for (let e = 0; e < values.length; e++) values[e] = -jacobian[source[e]];
      for (let i = 0; i < n; i++) values[i] += shift; // the diagonal was placed first
      let t = 0;
      for (let k = 0; k < n; k++) {
        const pivot = values[diagonal[k]];
        const first = shift - jacobian[order[k] * n + order[k]];
        if (!(Math.abs(pivot) > cancelled * Math.abs(first) && Math.abs(pivot) < Infinity)) return false;
        values[diagonal[k]] = 1 / pivot;
        for (let b = columnStart[k]; b < columnStart[k + 1]; b++) {
          const multiplier = values[columnEntry[b]] / pivot;
          values[columnEntry[b]] = multiplier;
          for (let r = rowStart[k]; r < rowStart[k + 1]; r++) values[targets[t++]] -= multiplier * values[rowEntry[r]];
        }
      }
      return true;
    },
    solve(b) {
      for (let k = 0; k < n; k++) {
        const head = b[order[k]];
        for (let e = columnStart[k]; e < columnStart[k + 1]; e++) b[columnRow[e]] -= values[columnEntry[e]] * head;
      }
      for (let k = n - 1; k >= 0; k--) {
        let sum = b[order[k]];
        for (let e = rowStart[k]; e < rowStart[k + 1]; e++) sum -= values[rowEntry[e]] * b[rowColumn[e]];
        b[order[k]] = sum * values[diagonal[k]];
      }
    },
  };
}

/**
 * Colours for columns such that no two of one colour share a row, so that one difference serves them all: greedy, in the
 * given order. Curtis, Powell & Reid (1974), J. Inst. Maths Applics 13, 117.
 * @returns For each colour its columns with their rows.
 */
export function columnGroups(n: number, pattern: Sparsity): { column: number; rows: number[] }[][] {
  const rowsOf = Array.from({ length: n }, (_, i) => new Set<number>([i]));
  for (const [row, column] of pattern) rowsOf[column].add(row);
  const groups: { column: number; rows: number[] }[][] = [];
  const taken: Set<number>[] = [];
  for (let column = 0; column < n; column++) {
    const rows = [...rowsOf[column]];
    let g = taken.findIndex((set) => rows.every((row) => !set.has(row)));
    if (g < 0) {
      g = groups.push([]) - 1;
      taken.push(new Set());
    }
    groups[g].push({ column, rows });
    for (const row of rows) taken[g].add(row);
  }
  return groups;
}
