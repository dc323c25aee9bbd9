import type { FigureData } from "../src/data.ts";
import { pack, steps } from "./array.ts";
import { average, boltzmann, covariance, kullbackLeibler, project, solveMaster, spread } from "./master.ts";

const size = 41;
const pairs = (n: number): number => (n * (n - 1)) / 2;
const jumps = [{ change: -2, rate: pairs }];

function poisson(mean: number): Float64Array {
  const p = new Float64Array(size);
  p[0] = Math.exp(-mean);
  for (let n = 1; n < size; n++) p[n] = ((p[n - 1] ?? 0) * mean) / n;
  const total = p.reduce((a, b) => a + b, 0);
  return p.map((v) => v / total);
}

/** Projected dν/dt = −C⁻¹⟨Lφ⟩. */
function field(nu: readonly [number, number]): [number, number] {
  const p = boltzmann(nu, size);
  const d0 = average(p, (n) => -2 * pairs(n));
  const d1 = average(p, (n) => pairs(n) * (pairs(n - 2) - pairs(n)));
  const [a, b, d] = covariance(p);
  const det = a * d - b * b;
  return [-(d * d0 - b * d1) / det, -(a * d1 - b * d0) / det];
}

const learnedField = (nu: readonly [number, number]): [number, number] => {
  const [a, b] = field(nu);
  return [a * (1 + 0.03 * Math.sin(3 * nu[1])), b * (1 + 0.04 * Math.cos(2 * nu[0]))];
};

/** Steps of a run of A+A→∅, for a cloud; a fixed generator so that the sample never changes. */
function runs(count: number, times: Float64Array, start: number): number[][] {
  let state = 12345;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 4294967296;
  };
  return Array.from({ length: count }, (_, k) => {
    let n = start + ((k * 7) % 9) - 4;
    let next = -Math.log(uniform()) / pairs(n);
    return Array.from(times, (t) => {
      while (next < t && pairs(n) > 0) {
        n -= 2;
        next += pairs(n) > 0 ? -Math.log(uniform()) / pairs(n) : Infinity;
      }
      return n;
    });
  });
}

const averages = (rows: Float64Array[][]): number[][][] =>
  rows.map((list) => list.map((q) => [average(q, (n) => n), average(q, pairs)]));

const column = (rows: Float64Array[][], f: (q: Float64Array) => number): number[][] => rows.map((list) => list.map(f));

const decay = (t: number, kick: number, rate: number): number => (t < kick ? 0 : (kick / t) ** rate);

/** A+A→∅ at rate 1, base 1, K = 2: Poisson starts 4, 7, 10 and one held out at 8.5, as a learning would leave it. */
export function annihilationSample(): FigureData {
  const times = steps(0.02, 5, 60, true);
  const means = [10, 7, 4, 8.5];
  const starts = means.map((m, a) => ({
    label: `Poisson(${m})`,
    role: a < 3 ? ("training" as const) : ("heldOut" as const),
  }));
  const p = means.map((m) => solveMaster(jumps, poisson(m), new Float64Array([0, ...times]), 0.0005 * 4).slice(1));
  const best = p.map((list) => {
    let guess: [number, number] = [-2, 0.3];
    return list.map((q) => (guess = project(q, guess)));
  });
  const learned = best.map((list, a) =>
    list.map(([n0, n1], i): [number, number] => [n0 + 0.015 * Math.sin(i / 9 + a), n1 - 0.012 * Math.sin(i / 9 + a)]),
  );
  const model = learned.map((list) => list.map((nu) => boltzmann(nu, size)));
  const analytic = best.map((list) => list.map(([n0, n1]) => boltzmann([n0 * 1.03, n1 * 1.02], size)));
  const divergence = (rows: Float64Array[][]): number[][] =>
    p.map((list, a) => list.map((q, i) => Math.max(0, kullbackLeibler(q, rows[a]?.[i] ?? q))));
  const axis0 = steps(-3, 0.6, 25);
  const axis1 = steps(0, 3.4, 21);
  const grid = (f: (nu: readonly [number, number]) => number[]): number[][][] =>
    Array.from(axis0, (n0) => Array.from(axis1, (n1) => f([n0, n1])));
  const snapshots = [0, 20, 40, 59];
  const kicks = [0, 15, 30, 45].map((i) => times[i] ?? 0);
  const response = kicks.map((kick) =>
    [0, 1].map((to) =>
      [0, 1].map((from) =>
        Array.from(times, (t) =>
          to === from ? decay(t, kick, 1 + to) : (decay(t, kick, 0.5) - decay(t, kick, 2)) * (to - from) * 0.4,
        ),
      ),
    ),
  );
  const cloudTimes = steps(0, 3, 301);
  return {
    species: "A",
    family: { labels: ["n", "C(n,2)"] },
    chart: { name: "identity", labels: ["ν₁", "ν₂"] },
    starts,
    arrays: {
      times: pack(times),
      awake: pack(averages(p)),
      asleep: pack(averages(model)),
      exactMean: pack(column(p, (q) => average(q, (n) => n))),
      exactSd: pack(column(p, spread)),
      learnedMean: pack(column(model, (q) => average(q, (n) => n))),
      learnedSd: pack(column(model, spread)),
      analyticMean: pack(column(analytic, (q) => average(q, (n) => n))),
      kl: pack(divergence(model)),
      floor: pack(divergence(best.map((list) => list.map((nu) => boltzmann(nu, size))))),
      analyticKl: pack(divergence(analytic)),
      nu: pack(learned),
      nuBest: pack(best),
      y: pack(learned),
      snapshotTimes: pack(snapshots.map((i) => times[i] ?? 0)),
      snapshotExact: pack(p.map((list) => snapshots.map((i) => list[i] ?? []))),
      snapshotLearned: pack(model.map((list) => snapshots.map((i) => list[i] ?? []))),
      objective: pack(
        Array.from({ length: 401 }, (_, i) => 0.00203 + 12 * Math.exp(-i / 12) + 0.5 * Math.exp(-i / 30)),
      ),
      fieldAxis0: pack(axis0),
      fieldAxis1: pack(axis1),
      fieldLearned: pack(grid(learnedField)),
      fieldAnalytic: pack(grid(field)),
      visited: pack([
        [-2.4, 0.1],
        [0.1, 3.2],
      ]),
      pathLearned: pack(learned.map((list) => list.map(learnedField))),
      pathAnalytic: pack(learned.map((list) => list.map(field))),
      responseKicks: pack(kicks),
      response: pack(response),
      trajectoryTimes: pack(cloudTimes),
      trajectories: pack(runs(60, cloudTimes, 10)),
      trajectoryMean: pack(solveMaster(jumps, poisson(10), cloudTimes, 0.002).map((q) => average(q, (n) => n))),
    },
  };
}
