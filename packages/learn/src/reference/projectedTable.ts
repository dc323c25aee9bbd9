import { counting, counts, identityChart, orthonormalChart, poisson, type BaseMeasure } from "@dbd/boltzmann";
import { fieldOf, integrate, rodas4 } from "@dbd/ode";
import { inChart } from "../dynamics/inChart/index.ts";
import { jumpDrift, projected } from "../dynamics/projected/index.ts";
import { startFromDistributions } from "../starts.ts";
import { birthDeathEquation, schlogl } from "./birthDeath.ts";
import { annihilation } from "./annihilation.ts";
import { masterEquation, poissonTable, type Jump } from "./oneSpecies.ts";

/** One row of the table of analytic dynamics: the system, its truncation, and where the model starts. */
export interface ProjectedRow {
  readonly reactions: readonly Jump[];
  readonly base: BaseMeasure;
  readonly order: number;
  /** Largest count of the truncated truth, and of the model. */
  readonly max: number;
  /** p(n, t) at the given times, the first of which is where the model starts. */
  readonly law: (times: readonly number[]) => readonly Float64Array[];
  readonly times: readonly number[];
  /**
   * KL at the end and its largest value over the listed times, in nats, from an independent program; for the pairs with
   * K = 3, where double precision left that program 11 % off, from 50-digit arithmetic.
   */
  readonly expected: readonly [end: number, worst: number];
}

const fixed = (n: number, max: number): Float64Array =>
  Float64Array.from({ length: max + 1 }, (_, i) => (i === n ? 1 : 0));

const pairs = {
  reactions: annihilation,
  max: 60,
  law: (times: readonly number[]) => masterEquation(annihilation, poissonTable(10, 60), [0, ...times]).slice(1),
  times: [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
};
const inflow: readonly Jump[] = [
  { jump: 1, propensity: () => 10 },
  { jump: -2, propensity: (n) => 0.1 * n * (n - 1) },
];
const immigration = {
  reactions: inflow,
  max: 80,
  law: (times: readonly number[]) => masterEquation(inflow, fixed(0, 80), [0, ...times]).slice(1),
  times: [0.1, 0.2, 0.5, 1, 2, 5],
};
const bistable = {
  reactions: [
    { jump: 1, propensity: schlogl.birth },
    { jump: -1, propensity: schlogl.death },
  ],
  max: 1000,
  law: (times: readonly number[]) => birthDeathEquation(schlogl, fixed(250, 1000), times),
  times: [0.5, 1, 2, 3, 4, 6, 8, 10, 20],
};

/** The rows that later work relies on, by name. */
export const projectedRows: Readonly<Record<string, ProjectedRow>> = {
  "A + A → 0, base 1, K = 2": { ...pairs, base: counting, order: 2, expected: [0.000286, 0.00638] },
  "A + A → 0, base 1/n!, K = 2": { ...pairs, base: poisson, order: 2, expected: [0.000927, 0.000927] },
  "A + A → 0, base 1/n!, K = 3": { ...pairs, base: poisson, order: 3, expected: [3.618e-6, 3.864e-6] },
  "immigration, base 1, K = 2": { ...immigration, base: counting, order: 2, expected: [0.00561, 0.00947] },
  "immigration, base 1, K = 4": { ...immigration, base: counting, order: 4, expected: [8.92e-5, 0.000249] },
  "immigration, base 1/n!, K = 2": { ...immigration, base: poisson, order: 2, expected: [8.63e-6, 9.39e-6] },
  "Schlögl, base 1, K = 4": { ...bistable, base: counting, order: 4, expected: [1.29, 1.29] },
  "Schlögl, base 1, K = 6": { ...bistable, base: counting, order: 6, expected: [0.00803, 0.11] },
};

/** Follows the projected dynamics in orthonormal coordinates and returns KL at every time, with the rhs evaluations. */
export function runProjected(row: ProjectedRow): { readonly kl: readonly number[]; readonly evaluations: number } {
  const { reactions, base, order, max, times } = row;
  const family = counts({ order, base, max });
  const distributions = row.law(times);
  const average = new Float64Array(max + 1);
  for (const p of distributions) for (let n = 0; n <= max; n++) average[n] += p[n];
  const chart = order > 2 ? orthonormalChart(family, average) : identityChart(order);
  const drifts = reactions.map(({ jump, propensity }) => jumpDrift(family, jump, propensity));
  const dynamics = inChart(projected(family, drifts), chart);
  const first = startFromDistributions(family, chart, { label: "first", distributions: distributions.slice(0, 1) });
  const rates = new Float64Array(reactions.length).fill(1);
  const path = integrate(fieldOf(dynamics, rates), { y0: first.y0, times, integrator: rodas4, rtol: 1e-7, atol: 1e-9 });
  const nu = new Float64Array(order);
  const kl = distributions.slice(0, path.times.length).map((p, t) => {
    chart.toNu(path.values.subarray(t * order, (t + 1) * order), nu);
    return family.divergence(
      p.map((v) => v / p.reduce((a, b) => a + b, 0)),
      nu,
    );
  });
  return { kl, evaluations: path.counts.evaluations };
}
