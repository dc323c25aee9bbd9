/** A sparse matrix by compressed rows: row i holds value[e] in column index[e] for start[i] ≤ e < start[i + 1]. */
export interface SparseRows {
  readonly rows: number;
  readonly columns: number;
  /** Shape [rows + 1]. */
  readonly start: Int32Array;
  readonly index: Int32Array;
  readonly value: Float64Array;
}

/** Packs rows of [column, value] pairs. */
export function sparseRows(columns: number, rows: readonly (readonly (readonly [number, number])[])[]): SparseRows {
  const flat = rows.flat();
  const start = new Int32Array(rows.length + 1);
  for (const [i, row] of rows.entries()) start[i + 1] = start[i] + row.length;
  return {
    rows: rows.length,
    columns,
    start,
    index: Int32Array.from(flat, ([column]) => column),
    value: Float64Array.from(flat, ([, value]) => value),
  };
}

/** out = A u, with u read at `u[offset … offset + columns)`. Hot path: no checks, no allocation. */
export function multiply(a: SparseRows, u: Float64Array, offset: number, out: Float64Array): void {
  const { rows, start, index, value } = a;
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let e = start[i]; e < start[i + 1]; e++) sum += value[e] * u[offset + index[e]];
    out[i] = sum;
  }
}

/** out[offset …] += scale · Aᵀ r. Hot path: no checks, no allocation. */
export function addTransposed(a: SparseRows, r: Float64Array, scale: number, out: Float64Array, offset: number): void {
  const { rows, start, index, value } = a;
  for (let i = 0; i < rows; i++) {
    const s = scale * r[i];
    for (let e = start[i]; e < start[i + 1]; e++) out[offset + index[e]] += s * value[e];
  }
}
