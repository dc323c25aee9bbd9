import { type CompiledNetwork, compile } from "../compile.ts";
import { compileExpression, type Expression } from "../expression.ts";
import { type Network, parameterValues, reactionError } from "../network.ts";
import { type Exponents, factorial, keyOf, upTo } from "./exponents.ts";
import { lawPolynomial } from "./lawPolynomial.ts";
import { stirlingSecond } from "./polynomial.ts";
import { type Rational, rational } from "./rational.ts";

/** A rate constant: its value in s⁻¹ and what it was written as; a plain number is printed by its value. */
export interface RateConstant {
  readonly value: number;
  readonly expression: Expression;
}

/** One term multiplier · constant · ∏ n(n − 1)…(n − order + 1) of a propensity, over the species that can change. */
export interface RateTerm {
  readonly reaction: number;
  readonly constant: RateConstant;
  readonly multiplier: Rational;
  readonly orders: Exponents;
  /** What one firing adds to the copy numbers. */
  readonly change: Exponents;
}

/** A network's propensities as polynomials in the falling-factorial basis. */
export interface RateTerms {
  /** Names of the species with moments: all but the boundary species, whose amounts are in the multipliers. */
  readonly species: readonly string[];
  readonly terms: readonly RateTerm[];
}

/** Most copies that one firing takes, all reactants together: beyond it coefficients leave the range of numbers. */
const maximalOrder = 100;

/** The species with moments: their place among all species. */
type Moving = readonly number[];

function changeOf(net: CompiledNetwork, r: number, moving: Moving): Exponents {
  const all = new Map<number, number>();
  for (let e = net.changeStart[r]; e < net.changeStart[r + 1]; e++) all.set(net.changeSpecies[e], net.change[e]);
  return moving.map((s) => all.get(s) ?? 0);
}

/** k · ∏ C(n, m) = k / ∏ m! · ∏ n(n − 1)…; what boundary species contribute is a whole number. */
function massActionTerm(net: CompiledNetwork, r: number, moving: Moving, constant: RateConstant): RateTerm {
  const orders = new Map<number, number>();
  for (let e = net.start[r]; e < net.start[r + 1]; e++) orders.set(net.species[e], net.order[e]);
  const total = [...orders.values()].reduce((sum, m) => sum + m, 0);
  if (total > maximalOrder) {
    throw reactionError(net.network, r, `it takes ${total} copies; moment equations go up to ${maximalOrder}`);
  }
  let numerator = 1n;
  let denominator = 1n;
  for (const [s, m] of orders) {
    denominator *= factorial(m);
    if (moving.includes(s)) continue;
    for (let i = 0; i < m; i++) numerator *= BigInt(net.network.initial[s] - i);
  }
  return {
    reaction: r,
    constant,
    multiplier: rational(numerator, denominator),
    orders: moving.map((s) => orders.get(s) ?? 0),
    change: changeOf(net, r, moving),
  };
}

function lawTerms(net: CompiledNetwork, r: number, moving: Moving, values: ReadonlyMap<string, number>): RateTerm[] {
  const { network } = net;
  const { rate } = network.reactions[r];
  const known = new Map(values);
  for (const [s, name] of network.species.entries()) if (!moving.includes(s)) known.set(name, network.initial[s]);
  const species = new Map(moving.map((s, i) => [network.species[s], i]));
  const law = rate.kind === "law" ? lawPolynomial(rate.law, { species, values: known }) : undefined;
  if (law === undefined) {
    throw reactionError(
      network,
      r,
      "its law is not a polynomial of the copy numbers",
      "Moment equations need rates of + − × and whole powers; simulate this network, or solve it exactly",
    );
  }
  const wrong = law.find(({ coefficient }) => !Number.isFinite(coefficient));
  if (wrong !== undefined) throw reactionError(network, r, `its law has the coefficient ${wrong.coefficient}`);
  const sums = new Map<string, { orders: Exponents; value: number }>();
  for (const { exponents, coefficient } of law) {
    const rows = exponents.map(stirlingSecond);
    for (const orders of upTo(exponents)) {
      const whole = orders.reduce((product, j, s) => product * rows[s][j], 1n);
      const key = keyOf(orders);
      sums.set(key, { orders, value: (sums.get(key)?.value ?? 0) + coefficient * Number(whole) });
    }
  }
  const change = changeOf(net, r, moving);
  return [...sums.values()]
    .filter(({ value }) => value !== 0)
    .map(({ orders, value }) => {
      const constant: RateConstant = { value, expression: { kind: "number", value } };
      return { reaction: r, constant, multiplier: rational(1n, 1n), orders, change };
    });
}

/**
 * The propensities of a network as polynomials. Reactions that change nothing are left out.
 * @throws {ArgumentError} For a law that is not a polynomial of the copy numbers, by name.
 */
export function rateTerms(network: Network): RateTerms {
  const net = compile(network);
  const values = parameterValues(network);
  const moving = network.species.flatMap((name, s) => (network.boundary?.has(name) === true ? [] : [s]));
  const terms = network.reactions.flatMap(({ rate }, r) => {
    if (net.changeStart[r] === net.changeStart[r + 1]) return [];
    if (rate.kind === "law") return lawTerms(net, r, moving, values);
    const expression = rate.constant;
    const value = compileExpression(expression, new Map(), values)(new Float64Array(0));
    return [massActionTerm(net, r, moving, { value, expression })];
  });
  return {
    species: moving.map((s) => network.species[s]),
    terms: terms.filter(({ constant, multiplier }) => constant.value !== 0 && multiplier.numerator !== 0n),
  };
}
