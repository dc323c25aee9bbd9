import { ArgumentError, didYouMean } from "@dbd/numerics/errors";
import type { Dynamics, Field } from "@dbd/ode";
import { Graph, type Node } from "@dbd/ode/wasm";
import { assignmentOrder, checkDynamics, knownNames } from "../dynamics.ts";
import { type Expression, symbolsOf, timeSymbol } from "../expression.ts";
import { checkNames, type Network, parameterValues, reactionLabel } from "../network.ts";
import { expressionNode } from "./expressionNode.ts";
import { type Entry, graphDynamics, graphField } from "./graphDynamics.ts";

/** What the deterministic rate of k · ∏ C(n, m) is. */
export type RateConvention = "macroscopic" | "falling factorial";

export interface RateEquationsOptions {
  /**
   * `macroscopic` (the default): k · ∏ nᵐ/m!, the limit of many copies, as BioNetGen and textbooks have it.
   * `falling factorial`: k · ∏ n(n−1)…/m!, the propensity itself at the mean: closures of order 1, and SBML documents whose
   * law was written with n(n−1). Both agree where no reaction takes two copies of one species. Laws are taken as they are.
   */
  readonly convention?: RateConvention;
  /**
   * Parameters that are coefficients u of the vector field, by name; unless given all that have a number as value and that
   * no rule or event changes. The others are built in as numbers, which is faster.
   */
  readonly coefficients?: readonly string[];
}

/**
 * The deterministic rate equations dy/dt = F(y; u) of a network, with Jacobian and parameter derivatives by symbolic
 * differentiation of the same expressions.
 */
export interface RateEquations {
  readonly network: Network;
  /**
   * Names of the states, shape [P]: the species in their order, parameters that rules or events change, and `time` when
   * something depends on it. Boundary species and those with an assignment rule have derivative 0.
   */
  readonly states: readonly string[];
  /** Names of the coefficients, shape [Q]. */
  readonly coefficients: readonly string[];
  /** State at time 0, shape [P]. */
  readonly y0: Float64Array;
  /** The network's values of the coefficients, shape [Q]. */
  readonly u: Float64Array;
  /** For `solve`, `variational`, `adjoint`, `frozen`: F with J·dy and Jᵀ·seed. */
  readonly dynamics: Dynamics;
  /** For `integrate`. `u`, shape [Q], is read at every call; the network's values when left out. */
  field(u?: Float64Array): Field;
  readonly graph: Graph;
  /** F as nodes of the graph, shape [P]. */
  readonly slopes: readonly Node[];
  /** Entries of ∂F/∂y that are not zero everywhere. */
  readonly jacobian: () => readonly Entry[];
  /** An expression of species, parameters, rules and time as a node. */
  readonly node: (expr: Expression) => Node;
  /** Assignment rules as nodes, by name. */
  readonly assigned: ReadonlyMap<string, Node>;
}

const where = "rateEquations";

/** Names that move beside the species: set by events or rate rules. */
function variablesOf({ species, rateRules, events = [] }: Network): readonly string[] {
  const names = [
    ...(rateRules?.keys() ?? []),
    ...events.flatMap(({ assignments }) => assignments.map(({ target }) => target)),
  ];
  return [...new Set(names)].filter((name) => !species.includes(name));
}

function usesTime({ reactions, assignments, rateRules, events = [] }: Network): boolean {
  const expressions = [
    ...reactions.map(({ rate }) => (rate.kind === "law" ? rate.law : rate.constant)),
    ...(assignments?.values() ?? []),
    ...(rateRules?.values() ?? []),
    ...events.flatMap(({ trigger, delay, priority, assignments: set }) => [
      trigger,
      ...(delay === undefined ? [] : [delay]),
      ...(priority === undefined ? [] : [priority]),
      ...set.map(({ value }) => value),
    ]),
  ];
  return expressions.some((expr) => symbolsOf(expr).includes(timeSymbol));
}

/** Texts give numbers as expressions without names. */
const isNumber = (value: number | Expression): boolean => typeof value === "number" || symbolsOf(value).length === 0;

function coefficientNames(network: Network, variables: readonly string[], wanted?: readonly string[]): string[] {
  const possible = [...network.parameters].flatMap(([name, value]) =>
    isNumber(value) && !variables.includes(name) ? [name] : [],
  );
  for (const name of wanted ?? []) {
    if (possible.includes(name)) continue;
    const near = didYouMean(name, possible);
    throw new ArgumentError(where, `"${name}" is not a parameter with a fixed number as value`, {
      hint: near === undefined ? `Those are ${possible.join(", ") || "none"}` : `Did you mean "${near}"?`,
    });
  }
  return wanted === undefined ? possible : [...new Set(wanted)];
}

/** What every name stands for: states, coefficients, parameters' expressions and assignment rules. */
function scopeOf(
  network: Network,
  graph: Graph,
  states: readonly string[],
  coefficients: readonly string[],
): { readonly scope: (name: string) => Node; readonly assigned: ReadonlyMap<string, Node> } {
  const values = parameterValues(network);
  const parameters = new Map<string, Node>();
  coefficients.forEach((name, q) => parameters.set(name, graph.coefficient(q)));
  const parameter = (name: string): Node => {
    const known = parameters.get(name);
    if (known !== undefined) return known;
    const value = network.parameters.get(name)!;
    const usesCoefficients = typeof value !== "number" && !isNumber(value) && coefficients.length > 0;
    const node = usesCoefficients ? expressionNode(graph, value, parameter) : graph.constant(values.get(name)!);
    parameters.set(name, node);
    return node;
  };
  const places = new Map(states.map((name, p) => [name, p]));
  const assigned = new Map<string, Node>();
  const scope = (name: string): Node => {
    const rule = assigned.get(name);
    if (rule !== undefined) return rule;
    const place = places.get(name);
    return place === undefined ? parameter(name) : graph.state(place);
  };
  const { assignments } = network;
  if (assignments !== undefined)
    for (const name of assignmentOrder(assignments))
      assigned.set(name, expressionNode(graph, assignments.get(name)!, scope));
  return { scope, assigned };
}

/** A reaction's deterministic rate. */
function rateNode(
  { reactions }: Network,
  r: number,
  graph: Graph,
  node: (expr: Expression) => Node,
  convention: RateConvention,
): Node {
  const { rate, reactants } = reactions[r];
  if (rate.kind === "law") return node(rate.law);
  const orders = new Map<number, number>();
  for (const { species, order } of reactants) orders.set(species, (orders.get(species) ?? 0) + order);
  let weight = 1;
  for (const order of orders.values()) for (let k = 2; k <= order; k++) weight *= k;
  let product = graph.binary("div", node(rate.constant), graph.constant(weight));
  for (const [species, order] of orders)
    for (let k = 0; k < order; k++) {
      const n = graph.state(species);
      product = graph.mul(product, convention === "macroscopic" ? n : graph.binary("sub", n, graph.constant(k)));
    }
  return product;
}

/** Net change of each species that moves, per firing. */
function changesOf({ reactions, boundary, species }: Network, r: number): ReadonlyMap<number, number> {
  const change = new Map<number, number>();
  const { reactants, products } = reactions[r];
  for (const [side, sign] of [
    [reactants, -1],
    [products, 1],
  ] as const)
    for (const { species: s, order } of side)
      if (boundary?.has(species[s]) !== true) change.set(s, (change.get(s) ?? 0) + sign * order);
  return change;
}

function checkNetwork(network: Network): void {
  const { species, initial, reactions } = network;
  if (initial.length !== species.length)
    throw new ArgumentError(
      where,
      `initial must have one amount per species (${species.length}), got ${initial.length}`,
    );
  const wrong = initial.findIndex((n) => !Number.isFinite(n));
  if (wrong >= 0) throw new ArgumentError(where, `the initial amount of ${species[wrong]} is ${initial[wrong]}`);
  checkDynamics(network);
  const known = knownNames(network);
  reactions.forEach(({ rate }, r) =>
    checkNames(rate.kind === "law" ? rate.law : rate.constant, known, `the rate of ${reactionLabel(network, r)}`),
  );
}

/**
 * The rate equations of a network: dn/dt = Σ_r change_r · rate_r, in copies and seconds. When to use them: many copies of
 * every species; they have no fluctuations, and where rates are not linear they are not the means either.
 * Gillespie (2000), J. Chem. Phys. 113, 297, eq. 23 without noise, doi:10.1063/1.481811.
 * @throws {ArgumentError} For unknown names, rules in a circle, and amounts that are not finite.
 */
export function rateEquations(network: Network, options: RateEquationsOptions = {}): RateEquations {
  const { convention = "macroscopic" } = options;
  checkNetwork(network);
  const variables = variablesOf(network);
  const coefficients = coefficientNames(network, variables, options.coefficients);
  const states = [...network.species, ...variables, ...(usesTime(network) ? [timeSymbol] : [])];
  const graph = new Graph();
  const { scope, assigned } = scopeOf(network, graph, states, coefficients);
  const node = (expr: Expression): Node => expressionNode(graph, expr, scope);
  const slopes: Node[] = states.map((name) => graph.constant(name === timeSymbol ? 1 : 0));
  for (let r = 0; r < network.reactions.length; r++) {
    const rate = rateNode(network, r, graph, node, convention);
    for (const [s, change] of changesOf(network, r)) {
      if (change === 0) continue;
      const size = graph.mul(graph.constant(Math.abs(change)), rate);
      slopes[s] = graph.binary(change > 0 ? "add" : "sub", slopes[s], size);
    }
  }
  for (const [name, rule] of network.rateRules ?? []) slopes[states.indexOf(name)] = node(rule);
  const values = parameterValues(network);
  const u = Float64Array.from(coefficients, (name) => values.get(name)!);
  const y0 = Float64Array.from(states, (name, p) => network.initial[p] ?? values.get(name) ?? 0);
  const size = states.length;
  let entries: readonly Entry[] | undefined;
  const jacobian = (): readonly Entry[] =>
    (entries ??= slopes.flatMap((slope, row) =>
      graph.leaves(slope).flatMap((leaf): Entry[] => {
        const derivative = graph.derivative(slope, leaf);
        return graph.fixed(derivative) === 0 ? [] : [{ row, leaf, node: derivative }];
      }),
    ));
  const ofStates = (): readonly Entry[] => jacobian().filter(({ leaf }) => leaf.kind === "state");
  return {
    network,
    states,
    coefficients,
    y0,
    u,
    dynamics: graphDynamics(graph, slopes, jacobian, [size, coefficients.length]),
    field: (given = u) => graphField(graph, slopes, ofStates, given),
    graph,
    slopes,
    jacobian: ofStates,
    node,
    assigned,
  };
}
