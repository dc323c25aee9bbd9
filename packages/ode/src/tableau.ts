import { ArgumentError } from "@dbd/numerics/errors";

/**
 * An explicit Runge–Kutta method as its Butcher tableau: stage slopes k_i = F(y + h Σ_j a_ij k_j),
 * step y + h Σ_i b_i k_i. Solving, the variational equation and the adjoint all follow from these numbers.
 */
export interface Integrator {
  /** The method's name in the literature, camelCase. */
  readonly name: string;
  /** Order of convergence: the global error falls as h^order. */
  readonly order: number;
  /** Row i holds a_i0 … a_i,i−1 (strictly lower triangle). */
  readonly a: readonly (readonly number[])[];
  /** Weights of the stages. */
  readonly b: readonly number[];
  /** Abscissae, c_i = Σ_j a_ij. */
  readonly c: readonly number[];
  /** A second set of weights of another order: the difference of the two results estimates the error of a step. */
  readonly embedded?: Embedded & {
    /** A third one: then e₅²/√(e₅² + (e₃/10)²) is the estimate, of the method's own order (Hairer, Nørsett & Wanner I, II.10). */
    readonly lower?: Embedded;
  };
  /**
   * Dense output of the stated order, y(t + θ h) ≈ y + h Σ_i b_i(θ) k_i with b_i(θ) = Σ_j rows[i][j] θ^(j+1).
   * Without it the driver takes the cubic through both end points and their slopes, of order 3.
   */
  readonly interpolant?: {
    readonly order: number;
    readonly rows: readonly (readonly number[])[];
    /** Rows of a for more stages, evaluated only where dense output is asked for. */
    readonly stages?: readonly (readonly number[])[];
  };
}

/** Weights of an embedded method. */
export interface Embedded {
  readonly order: number;
  readonly weights: readonly number[];
}

/** What a method for step size control has beside its tableau. */
export type TableauExtras = Pick<Integrator, "embedded" | "interpolant">;

const sum = (values: readonly number[]): number => values.reduce((total, v) => total + v, 0);
const product = (v: readonly number[], w: readonly number[]): number[] => v.map((vi, i) => vi * w[i]);
const times = (rows: readonly (readonly number[])[], w: readonly number[]): number[] =>
  rows.map((row) => sum(row.map((v, j) => v * w[j])));
const off = (got: number, wanted: number): boolean => !(Math.abs(got - wanted) <= 1e-12);

/** Rooted trees up to order 4: Σ_i b_i weights_i = 1/gamma. */
export type Tree = readonly [order: number, text: string, weights: readonly number[], gamma: number];

/**
 * Hairer, Nørsett & Wanner, Solving Ordinary Differential Equations I (1993), table II.2.1. For a Rosenbrock method b
 * replaces a wherever a vertex has one branch only: volume II (1996), table IV.7.1.
 */
export function rootedTrees(
  a: readonly (readonly number[])[],
  c: readonly number[],
  b: readonly (readonly number[])[] = a,
): readonly Tree[] {
  const ones = c.map(() => 1);
  const c2 = product(c, c);
  const bc = times(b, ones);
  const ac = times(b, bc);
  return [
    [1, "Σ b", ones, 1],
    [2, "Σ b c", bc, 2],
    [3, "Σ b c²", c2, 3],
    [3, "Σ b a c", ac, 6],
    [4, "Σ b c³", product(c2, c), 4],
    [4, "Σ b c a c", product(c, times(a, bc)), 8],
    [4, "Σ b a c²", times(b, c2), 12],
    [4, "Σ b a a c", times(b, ac), 24],
  ];
}

/** The order conditions up to order 4, one for each rooted tree. */
export const conditionProblems = (
  trees: readonly Tree[],
  order: number,
  b: readonly number[],
  what: string,
): string[] =>
  trees.flatMap(([p, text, weights, gamma]) => {
    const got = sum(product(b, weights));
    return p <= order && off(got, 1 / gamma)
      ? [`the condition ${text} = 1/${gamma} of order ${p}${what} is not met: the sum is ${got}`]
      : [];
  });

/** What is wrong with embedded weights. */
function embeddedProblems(trees: readonly Tree[], b: readonly number[], { order, weights }: Embedded): string[] {
  if (weights.length !== b.length) return [`embedded needs ${b.length} weights, got ${weights.length}`];
  const found = conditionProblems(trees, order, weights, " (embedded)");
  return weights.every((w, i) => w === b[i])
    ? [...found, "the embedded weights equal b, so that no error is seen"]
    : found;
}

/** What is wrong with the dense output: its shape, order conditions in θ, and that θ = 1 is the step itself. */
function interpolantProblems({ a, b, c, interpolant }: Integrator): string[] {
  if (interpolant === undefined) return [];
  const { order, rows, stages = [] } = interpolant;
  const all = b.length + stages.length;
  const degree = rows[0]?.length ?? 0;
  if (rows.length !== all || rows.some((row) => row.length !== degree))
    return [`interpolant needs ${all} rows of one length`];
  if (stages.some((row, i) => row.length !== b.length + i))
    return ["stages of interpolant must go on with the rows of a"];
  const found = rows.flatMap((row, i) =>
    off(sum(row), b[i] ?? 0) ? [`row ${i} of interpolant must sum to ${b[i] ?? 0}, got ${sum(row)}`] : [],
  );
  const trees = rootedTrees([...a, ...stages], [...c, ...stages.map(sum)]);
  for (const [p, text, weights, gamma] of trees.filter(([p]) => p <= order))
    for (let j = 0; j < degree; j++) {
      const got = sum(rows.map((row, i) => row[j] * weights[i]));
      // ten times the usual tolerance: the entries of high-order interpolants are large
      if (!(Math.abs(got - (j + 1 === p ? 1 / gamma : 0)) <= 1e-11))
        found.push(`the condition ${text} = θ^${p}/${gamma} of the interpolant is not met: θ^${j + 1} has ${got}`);
    }
  return found;
}

/** Tableaux that `explicitRungeKutta` made and froze: their conditions need not be summed again at every call. */
const known = new WeakSet<Integrator>();

/**
 * What is wrong with a tableau, as sentences; empty when nothing is. Checked are its shape, c = row sums of a, and
 * the order conditions up to order 4 (a higher declared order is observed by the kit in `@dbd/ode/testing`), those of
 * the embedded weights and of the interpolant included.
 */
export function tableauProblems(integrator: Integrator): string[] {
  if (known.has(integrator)) return [];
  const { order, a, b, c } = integrator;
  const stages = b.length;
  if (!Number.isInteger(order) || order < 1) return [`order must be a positive integer, got ${order}`];
  if (stages < order) return [`order ${order} needs at least ${order} stages, got ${stages}`];
  if (a.length !== stages || c.length !== stages)
    return [`a, b and c must have one entry per stage, got ${a.length}, ${stages} and ${c.length}`];
  const shape = a.flatMap((row, i) =>
    row.length === i ? [] : [`row ${i} of a must have ${i} entries (strictly lower triangle), got ${row.length}`],
  );
  if (shape.length > 0) return shape;
  const rowSums = a.flatMap((row, i) =>
    off(c[i], sum(row)) ? [`c[${i}] must be the sum ${sum(row)} of row ${i} of a, got ${c[i]}`] : [],
  );
  if (rowSums.length > 0) return rowSums;
  const trees = rootedTrees(integrator.a, integrator.c);
  const { embedded } = integrator;
  const estimates = embedded === undefined ? [] : [embedded, ...(embedded.lower === undefined ? [] : [embedded.lower])];
  return [
    ...conditionProblems(trees, order, b, ""),
    ...estimates.flatMap((one) => embeddedProblems(trees, b, one)),
    ...interpolantProblems(integrator),
  ];
}

const frozenCopy = <T>(value: T): T => {
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, v]) => [key, frozenCopy(v)]))) as T;
};

/**
 * An explicit Runge–Kutta method from its tableau, checked here so that a mistyped coefficient is refused and not
 * merely inaccurate.
 * @param a - Row i holds a_i0 … a_i,i−1; a square table is accepted when the rest is zero.
 * @param b - Weights of the stages.
 * @param extras - Embedded weights and dense output, for `integrate`.
 * @throws ArgumentError when the shape is wrong or an order condition up to min(order, 4) is not met to 1e-12.
 */
export function explicitRungeKutta(
  name: string,
  order: number,
  a: readonly (readonly number[])[],
  b: readonly number[],
  extras: TableauExtras = {},
): Integrator {
  const lower = a.map((row, i) => Object.freeze(row.slice(i).every((v) => v === 0) ? row.slice(0, i) : [...row]));
  const integrator: Integrator = Object.freeze({
    name,
    order,
    a: Object.freeze(lower),
    b: Object.freeze([...b]),
    c: Object.freeze(lower.map(sum)),
    ...frozenCopy(extras),
  });
  const problems = tableauProblems(integrator);
  if (problems.length > 0)
    throw new ArgumentError(`explicitRungeKutta(${name})`, problems.join("; "), {
      hint: "Compare the coefficients with their source",
    });
  known.add(integrator);
  return integrator;
}
