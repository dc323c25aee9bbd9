import { ArgumentError } from "@dbd/numerics/errors";
import { type SparseRows, sparseRows } from "@dbd/numerics/sparse";
import type { Dynamics } from "@dbd/ode";
import type { Network } from "../network.ts";
import { closedField } from "./closedField.ts";
import type { Closure, ClosureTerm } from "./closure.ts";
import { ascending, degree, type Exponents, keyOf } from "./exponents.ts";
import type { MomentEquations } from "./hierarchy.ts";
import { momentEquations, momentMatrix } from "./momentEquations.ts";

/** Which closure, at which order. */
export interface ClosureChoice {
  readonly closure: Closure;
  /** Moments up to this total power have equations; those above come from the closure. */
  readonly order: number;
}

/** A moment above the order and what stands for it. */
export interface ClosedEquation {
  readonly moment: Exponents;
  readonly terms: readonly ClosureTerm[];
}

/** A closed hierarchy of raw moments: its formulas, and the vector field for `@dbd/ode` (P moments, Q = 0). */
export interface ClosureEquations {
  readonly closure: string;
  /** The hierarchy before closing; `equations[i].moment` is component i of the state, shape [P]. */
  readonly hierarchy: MomentEquations;
  /** What the closure supplies, ascending; later ones may refer to earlier ones. */
  readonly closed: readonly ClosedEquation[];
  /** Evaluation, forward and backward derivatives. */
  readonly dynamics: Dynamics;
}

const where = "closureEquations";

function checkChoice({ closure, order }: ClosureChoice): void {
  const [least, most] = closure.orders ?? [1, Infinity];
  if (Number.isInteger(order) && order >= least && order <= most) return;
  const wanted = least === most ? `is ${least}` : `must be a whole number from ${least} on`;
  throw new ArgumentError(where, `the order of the ${closure.name} closure ${wanted}, got ${order}`);
}

/** A closed moment has a term for every way to split it up; beyond this there are tens of thousands. */
function checkSize(moment: Exponents): void {
  const parts = moment.reduce((product, power) => product * (power + 1), 1);
  if (degree(moment) <= 20 && parts <= 200) return;
  throw new ArgumentError(
    where,
    `the moment ⟨n^(${keyOf(moment)})⟩ would have to be closed, which has too many terms`,
    {
      hint: "Lower the order, or take out the reaction of the highest order",
    },
  );
}

/** Every moment above the order that is needed, those that a closure refers to included, ascending. */
function closedEquations(higher: readonly Exponents[], { closure, order }: ClosureChoice): ClosedEquation[] {
  const found = new Map<string, ClosedEquation>();
  const pending = [...higher];
  for (let moment = pending.pop(); moment !== undefined; moment = pending.pop()) {
    if (found.has(keyOf(moment))) continue;
    checkSize(moment);
    const terms = closure.express(moment, order);
    found.set(keyOf(moment), { moment, terms });
    for (const { factors } of terms) {
      for (const { moment: needed } of factors) {
        const power = degree(needed);
        if (power < 1 || power >= degree(moment)) {
          throw new ArgumentError(
            where,
            `the ${closure.name} closure expresses ⟨n^(${keyOf(moment)})⟩ by ⟨n^(${keyOf(needed)})⟩`,
            {
              hint: "A moment may be expressed by moments of lower total power only",
            },
          );
        }
        if (power > order) pending.push(needed);
      }
    }
  }
  return [...found.values()].sort((a, b) => ascending(a.moment, b.moment));
}

/** The matrix over (1, moments, closed moments in their order): columns of `higher` move to their place. */
function placed(hierarchy: MomentEquations, columns: ReadonlyMap<string, number>): SparseRows {
  const { rows, start, index, value } = momentMatrix(hierarchy);
  const own = hierarchy.equations.length;
  const target = (column: number): number =>
    column <= own ? column : columns.get(keyOf(hierarchy.higher[column - own - 1]))!;
  return sparseRows(
    columns.size + 1,
    Array.from({ length: rows }, (_, i) =>
      Array.from({ length: start[i + 1] - start[i] }, (_, e): [number, number] => [
        target(index[start[i] + e]),
        value[start[i] + e],
      ]),
    ),
  );
}

/**
 * The moment equations up to `order`, closed. When to use it: means and variances of a network with many copies in
 * milliseconds; `solveClosure` integrates them and says whether the result can be trusted at all.
 * @throws {ArgumentError} For an order at which the closure is not defined, and as `momentEquations`.
 */
export function closureEquations(network: Network, choice: ClosureChoice): ClosureEquations {
  checkChoice(choice);
  const hierarchy = momentEquations(network, choice.order);
  const closed = closedEquations(hierarchy.higher, choice);
  const all = [...hierarchy.equations, ...closed].map(({ moment }) => moment);
  const columns = new Map(all.map((moment, i) => [keyOf(moment), i + 1]));
  const programs = closed.map(({ terms }) => ({
    terms: terms.map(({ coefficient, factors }) => ({
      coefficient,
      factors: factors.map(({ moment, power }) => ({ at: columns.get(keyOf(moment))!, power })),
    })),
  }));
  return {
    closure: choice.closure.name,
    hierarchy,
    closed,
    dynamics: closedField(placed(hierarchy, columns), programs),
  };
}
