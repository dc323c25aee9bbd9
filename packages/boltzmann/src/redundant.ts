/** A statistic that says nothing new: on every state it is a constant plus multiples of those before it. */
export interface Redundancy {
  /** Its place in the list of statistics. */
  readonly index: number;
  readonly label: string;
  /** The relation in words, such as X = 10 − E. */
  readonly relation: string;
}

const SMALL = 1e-9;

function centredColumns(values: Float64Array, K: number): Float64Array[] {
  const N = values.length / K;
  return Array.from({ length: K }, (_, k) => {
    const column = Float64Array.from({ length: N }, (_unused, i) => values[i * K + k]);
    const mean = column.reduce((sum, x) => sum + x / N, 0);
    return column.map((x) => x - mean);
  });
}

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
};

/** Coefficients of the kept columns for Σ r_i q_i, where column j = Σ_{i ≤ j} R[j][i] q_i. */
function backSubstitute(R: readonly (readonly number[])[], r: readonly number[]): number[] {
  const out = r.slice();
  for (let j = out.length - 1; j >= 0; j--) {
    out[j] /= R[j][j];
    for (let i = 0; i < j; i++) out[i] -= out[j] * R[j][i];
  }
  return out;
}

function relationOf(
  label: string,
  constant: number,
  coefficients: readonly number[],
  names: readonly string[],
): string {
  const size = Math.max(Math.abs(constant), ...coefficients.map(Math.abs), 1);
  const tidy = (x: number): number => (Math.abs(x) < 1e-7 * size ? 0 : Number(x.toPrecision(6)));
  const terms = [[tidy(constant), ""] as const, ...coefficients.map((c, j) => [tidy(c), names[j]] as const)]
    .filter(([c]) => c !== 0)
    .map(([c, name]) => (name === "" ? `${c}` : c === 1 ? name : c === -1 ? `-${name}` : `${c} ${name}`));
  return `${label} = ${terms.length === 0 ? "0" : terms.join(" + ").replaceAll("+ -", "− ")}`;
}

/** Whether φ_k = c₀ + Σ c φ_j over the kept j at every row, but for rounding. */
function holds(values: Float64Array, K: number, k: number, c: readonly number[], kept: readonly number[]): boolean {
  for (let row = 0; row < values.length; row += K) {
    let rest = values[row + k] - c[0];
    let size = Math.abs(values[row + k]) + Math.abs(c[0]);
    kept.forEach((j, i) => {
      rest -= c[i + 1] * values[row + j];
      size += Math.abs(c[i + 1] * values[row + j]);
    });
    if (Math.abs(rest) > 1e-6 * size) return false;
  }
  return true;
}

/**
 * The statistics whose covariance with the others is singular whatever the law: Gram–Schmidt on their values at the states
 * that exist, twice for the last digits (Giraud, Langou & Rozložník 2005, doi:10.1016/j.camwa.2005.08.009). Conservation laws make such relations.
 * @param values - φ at every state, or at those of a first box, shape [N, K].
 * @param beyond - φ at some states outside the box: a relation must hold there too, [M, K].
 */
export function findRedundant(values: Float64Array, labels: readonly string[], beyond?: Float64Array): Redundancy[] {
  const K = labels.length;
  const found: Redundancy[] = [];
  const kept: number[] = [];
  const basis: Float64Array[] = [];
  const R: number[][] = [];
  centredColumns(values, K).forEach((column, k) => {
    const norm = Math.sqrt(dot(column, column));
    const rest = column.slice();
    const r = basis.map(() => 0);
    for (let pass = 0; pass < 2; pass++)
      basis.forEach((q, j) => {
        const along = dot(q, rest);
        r[j] += along;
        for (let i = 0; i < rest.length; i++) rest[i] -= along * q[i];
      });
    const size = Math.sqrt(dot(rest, rest));
    const scale = Math.max(norm, SMALL * Math.sqrt(column.length) * Math.abs(values[k]));
    if (size > SMALL * scale) {
      basis.push(rest.map((x) => x / size));
      R.push([...r, size]);
      kept.push(k);
      return;
    }
    const coefficients = backSubstitute(R, r);
    const constant = values[k] - coefficients.reduce((sum, c, j) => sum + c * values[kept[j]], 0);
    if (beyond !== undefined && !holds(beyond, K, k, [constant, ...coefficients], kept)) return;
    const names = kept.map((j) => labels[j]);
    found.push({ index: k, label: labels[k], relation: relationOf(labels[k], constant, coefficients, names) });
  });
  return found;
}
