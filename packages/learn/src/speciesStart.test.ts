import { countsOfSpecies, identityChart, poisson } from "@dbd/boltzmann";
import { polynomial } from "@dbd/numerics/functions/polynomial";
import { rk4, solve } from "@dbd/ode";
import { expect, test } from "vitest";
import { parametric } from "./dynamics/parametric/index.ts";
import { projectedSpecies, speciesDrift } from "./dynamics/projected/index.ts";
import { sum } from "./dynamics/sum/index.ts";
import { matchDerivatives } from "./matchDerivatives.ts";
import { objective } from "./objective.ts";
import { gaussNewton } from "./optimizers/gaussNewton/index.ts";
import { normPenalty } from "./penalty.ts";
import { trapezoid, type Problem } from "./problem.ts";
import type { ProjectedStart } from "./starts.ts";
import { speciesStartFromDistributions, speciesStartFromMoments } from "./speciesStart.ts";

/** A + B → C at 0.2 and back at 0.6 among at most 8 copies each: a truth that can be integrated as it stands. */
const MAX = 8;
const species = ["A", "B", "C"].map((name) => ({ name, base: poisson, max: MAX }));
const single = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];
const family = countsOfSpecies({ species, statistics: [...single, [1, 1, 0]] });
const reactions = [
  { jump: [-1, -1, 1], rate: (n: ArrayLike<number>) => (n[2] < MAX ? 0.2 * n[0] * n[1] : 0) },
  { jump: [1, 1, -1], rate: (n: ArrayLike<number>) => (n[0] < MAX && n[1] < MAX ? 0.6 * n[2] : 0) },
];
const drifts = reactions.map(({ jump, rate }) => speciesDrift(family, jump, rate));
const rank = (n: ArrayLike<number>): number => (n[0] * (MAX + 1) + n[1]) * (MAX + 1) + n[2];
const { states } = family.table(new Float64Array(4));
const all = states.slice();

/** p(n, t) from a product of Poisson distributions, by RK4 on the master equation. */
function laws(means: readonly number[], times: readonly number[]): { states: Int32Array; probability: Float64Array }[] {
  const N = all.length / 3;
  const moves = reactions.flatMap(({ jump, rate }) =>
    Array.from({ length: N }, (_, i) => {
      const n = all.subarray(3 * i, 3 * i + 3);
      return { from: rank(n), to: rank(n.map((v, s) => v + jump[s])), rate: rate(n) };
    }).filter((move) => move.rate > 0),
  );
  const generator = {
    shape: [N, 0] as const,
    evaluate(p: Float64Array, _u: Float64Array, out: Float64Array) {
      out.fill(0);
      for (const { from, to, rate } of moves) {
        out[from] -= rate * p[from];
        out[to] += rate * p[from];
      }
    },
    jvp: () => undefined,
    vjp: () => undefined,
  };
  const nu = Float64Array.of(...means.map((m) => -Math.log(m)), 0);
  const p0 = new Float64Array(N);
  const { probability } = family.table(nu);
  for (let i = 0; i < N; i++) p0[rank(all.subarray(3 * i, 3 * i + 3))] = probability[i];
  const path = solve(generator, new Float64Array(0), { y0: p0, times, integrator: rk4, substeps: 10 });
  const ordered = new Int32Array(3 * N);
  for (let i = 0; i < N; i++) ordered.set(all.subarray(3 * i, 3 * i + 3), 3 * rank(all.subarray(3 * i, 3 * i + 3)));
  return times.map((_, t) => ({ states: ordered, probability: path.values.slice(t * N, (t + 1) * N) }));
}

const times = [0, 0.15, 0.3, 0.45, 0.6, 0.8, 1];
const chart = identityChart(4);
const startAt = (means: readonly number[], at = times): ProjectedStart =>
  speciesStartFromDistributions(family, chart, { label: means.join(), distributions: laws(means, at), drifts });
const start = startAt([3, 2, 0.5]);

test("a member of the family has the floor 0, its moments, and the projected field as its tangent", () => {
  expect(start.floor?.[0]).toBeLessThan(1e-10);
  const F = new Float64Array(4);
  projectedSpecies(family, drifts).evaluate(start.nu.slice(0, 4), Float64Array.of(1, 1), F);
  for (let k = 0; k < 4; k++) expect(Math.abs(F[k] - (start.tangent?.[k] ?? NaN))).toBeLessThan(1e-7);
  expect(start.floor?.[6]).toBeGreaterThan(1e-6); // the law leaves the family
});

test("from its moments alone the path is the same; the tangent is the slope of the path", () => {
  const alone = speciesStartFromMoments(family, chart, { label: "moments", awake: start.awake });
  for (let i = 0; i < 28; i++) expect(Math.abs(alone.path[i] - start.path[i])).toBeLessThan(1e-9);
  const near = startAt([3, 2, 0.5], [0, 0.29, 0.3, 0.31]);
  for (let k = 0; k < 4; k++) {
    const slope = (near.path[12 + k] - near.path[4 + k]) / 0.02;
    expect(Math.abs(slope - (near.tangent?.[8 + k] ?? NaN))).toBeLessThan(1e-3);
  }
  expect(() => speciesStartFromMoments(family, chart, { label: "m", awake: new Float64Array(6) })).toThrow("T·4");
});

test("a learned rest halves the excess over the floor of mean-field dynamics, three species, from a start never seen", async () => {
  const means = countsOfSpecies({ species, statistics: single });
  const own = reactions.map(({ jump, rate }) => speciesDrift(means, jump, rate));
  const from = (m: readonly number[]): ProjectedStart =>
    speciesStartFromDistributions(means, identityChart(3), {
      label: m.join(),
      distributions: laws(m, times),
      drifts: own,
    });
  const rest = Array.from({ length: 3 }, () => polynomial(3, 1));
  const dynamics = sum([
    { dynamics: projectedSpecies(means, own), u: Float64Array.of(1, 1) },
    { dynamics: parametric(rest) },
  ]);
  const starts = [from([3, 2, 0.5]), from([2, 3, 1]), from([3.5, 3, 0.3])];
  const problem: Problem = {
    family: means,
    chart: identityChart(3),
    dynamics,
    times: Float64Array.from(times),
    weights: trapezoid(times),
    starts,
    integrator: rk4,
    penalty: normPenalty(12, 1e-6),
  };
  const matched = matchDerivatives(problem, {
    paths: starts.map(({ path }) => path),
    tangents: starts.map(({ tangent = new Float64Array(0) }) => tangent),
  });
  const { u } = await gaussNewton(problem, matched, { iterations: 6 });
  const held = from([2.6, 2.6, 0.5]);
  const floor = (held.floor ?? new Float64Array(7)).reduce((total, v, t) => total + v * problem.weights[t], 0);
  const above = (v: Float64Array): number => objective({ ...problem, starts: [held], penalty: undefined }, v) - floor;
  expect(above(u)).toBeLessThan(0.5 * above(new Float64Array(12)));
});

test("distributions that are none are refused", () => {
  const one = (probability: Float64Array): unknown =>
    speciesStartFromDistributions(family, chart, {
      label: "p",
      distributions: [{ states: Int32Array.of(1, 1, 1, 2, 1, 0), probability }],
    });
  expect(() => one(Float64Array.of(1))).toThrow("p, time 0: states must hold 1 rows of 3 counts");
  expect(() => one(Float64Array.of(1, Number.NaN))).toThrow("probability 1 is NaN");
  expect(() => one(new Float64Array(2))).toThrow("all probabilities are 0");
});
