import {
  asinhChart,
  binomial,
  counting,
  counts,
  identityChart,
  logMomentsChart,
  poisson,
  type Chart,
} from "@dbd/boltzmann";
import { hermite } from "@dbd/numerics/functions/hermite";
import { network } from "@dbd/numerics/functions/network";
import { polynomial } from "@dbd/numerics/functions/polynomial";
import { stream } from "@dbd/numerics/random/stream";
import { rk4, type Dynamics } from "@dbd/ode";
import { expect, test } from "vitest";
import { gradient } from "../gradient.ts";
import { objective } from "../objective.ts";
import { trapezoid, type LearnableFamily, type Problem } from "../problem.ts";
import { taylorTest } from "../taylor.ts";
import { closureRows } from "./closureRows/index.ts";
import { inAsinh, inChart, inLogMoments } from "./inChart/index.ts";
import { networkDynamics } from "./network/index.ts";
import { parametric } from "./parametric/index.ts";
import { jumpDrift, projected } from "./projected/index.ts";
import { massAction, michaelisMenten, rateLaw } from "./rateLaw/index.ts";
import { sum } from "./sum/index.ts";
import { within } from "./within/index.ts";

const pairs = counts({ order: 2, base: counting });
const sites = counts({ order: 2, base: binomial(20) });
const single = counts({ order: 1, base: poisson });
const death = jumpDrift(pairs, -1, (n) => n);
const annihilate = jumpDrift(pairs, -2, (n) => (n * (n - 1)) / 2);
const field = projected(pairs, [death, annihilate]);
const occupied = projected(sites, [jumpDrift(sites, -1, (n) => n)]);
const row = network(2, [3]);
const rows = closureRows(pairs, [{ statistic: 1, degree: 3, leading: -0.5, f: row }]);
const axes = [
  { start: -1, end: 2.5, nodes: 4 },
  { start: -1, end: 1, nodes: 3 },
];
const moments = logMomentsChart(sites);
const net = networkDynamics(2, { hidden: [4], known: Float64Array.of(0.3) });
const decay = rateLaw(
  ["A"],
  [
    { label: "in", law: massAction, reads: [], changes: { A: 1 } },
    { label: "out", law: michaelisMenten, reads: ["A"], changes: { A: -1 } },
  ],
  { coordinates: "nu" },
);
const small = (dynamics: Dynamics): Float64Array =>
  Float64Array.from({ length: dynamics.shape[1] }, (_, q) => 0.2 * Math.sin(3 * q + 1));

const [at, inMoments] = [Float64Array.of(-1.2, 0.4), Float64Array.of(1.2, -0.2)];
const [poly, spline] = [parametric([polynomial(2, 2), polynomial(2, 2)]), parametric([hermite(axes), hermite(axes)])];
const known = sum([{ dynamics: field, u: Float64Array.of(0.4, 0.3) }, { dynamics: rows }]);
const asinh = asinhChart(Float64Array.of(0.8, 0.3), identityChart(2));
const cases: readonly [string, LearnableFamily, Chart, Dynamics, Float64Array, Float64Array][] = [
  ["projected", pairs, identityChart(2), field, Float64Array.of(0.4, 0.3), at],
  ["closure row", pairs, identityChart(2), rows, small(rows), at],
  ["analytic + closure row", pairs, identityChart(2), known, small(known), at],
  ["polynomial, moments", sites, moments, poly, small(poly), inMoments],
  ["Hermite, moments", sites, moments, spline, small(spline), inMoments],
  ["network, asinh", pairs, asinh, net, small(net), Float64Array.of(-1.2, 1.1)],
  ["in a linear chart", pairs, identityChart(2), inChart(field, identityChart(2)), Float64Array.of(0.4, 0.3), at],
  ["in log moments", sites, moments, inLogMoments(occupied, sites), Float64Array.of(0.4), inMoments],
  [
    "in asinh",
    pairs,
    asinh,
    inAsinh(field, Float64Array.of(0.8, 0.3)),
    Float64Array.of(0.4, 0.3),
    Float64Array.of(-1.2, 1.1),
  ],
  ["rate law", single, identityChart(1), decay, small(decay), Float64Array.of(-1.5)],
  ["within a box", sites, moments, within(poly, axes, { outside: "stop" }), small(poly), inMoments],
];

test.each(cases)("the gradient through %s has Taylor slope 2", (_, family, chart, dynamics, u, y0) => {
  const times = Float64Array.of(0, 0.1, 0.25, 0.5);
  const P = family.labels.length;
  const nu = new Float64Array(P);
  const first = new Float64Array(P);
  chart.toNu(y0, nu);
  family.asleepMoments(
    nu,
    family.state(() => 0),
    first,
  );
  const awake = Float64Array.from({ length: 4 * P }, (__, i) => first[i % P] * (1 - 0.1 * Math.floor(i / P)));
  const starts = [{ label: "one", y0, awake }];
  const problem: Problem = {
    family,
    chart,
    dynamics,
    times,
    weights: trapezoid(times),
    starts,
    integrator: rk4,
    substeps: 2,
  };
  const slope = new Float64Array(u.length);
  gradient(problem, u, slope);
  const random = stream("taylor", 1);
  const direction = u.map(() => random() - 0.5);
  const steps = [0.08, 0.04, 0.02, 0.01, 0.005, 0.0025];
  const rowsOf = taylorTest((v) => objective(problem, v), slope, { u, direction, steps });
  for (const { slope: order } of rowsOf.slice(-3)) expect(Math.abs(order - 2)).toBeLessThan(0.05);
});
