import type { FigureData } from "../src/data.ts";
import { pack, steps } from "./array.ts";
import { average, boltzmann, kullbackLeibler, solveMaster, spread } from "./master.ts";

const size = 60;
const [birth, death] = [0.5, 1.5];
const jumps = [
  { change: 1, rate: (n: number) => birth * n },
  { change: -1, rate: (n: number) => death * n },
];
const field = (nu: number): number => (death - birth) * (1 - Math.exp(-nu));
/** What a learning leaves: a small wavy error. */
const learnedField = (nu: number): number => field(nu) + 0.004 * Math.sin(4 * nu) + (nu > 3 ? 0.15 * (nu - 3) ** 2 : 0);

function path(f: (nu: number) => number, start: number, times: Float64Array): number[] {
  let nu = start;
  let t = times[0] ?? 0;
  return Array.from(times, (time) => {
    const count = 20;
    const h = (time - t) / count;
    for (let s = 0; s < count; s++) nu += h * f(nu + (h / 2) * f(nu));
    t = time;
    return nu;
  });
}

const three = (rows: number[][]): number[][][] => rows.map((list) => list.map((v) => [v]));

/** A→2A at 0.5, A→∅ at 1.5, base 1, K = 1: 30 training starts and 4 held out, as a learning would leave it. */
export function birthDeathSample(): FigureData {
  const times = steps(0, 3, 61);
  const nuStarts = [...steps(0.15, 1.6, 30), 0.22, 0.6, 1.1, 1.45];
  const starts = nuStarts.map((nu, a) => ({
    label: `ν = ${nu.toFixed(2)}`,
    role: a < 30 ? ("training" as const) : ("heldOut" as const),
  }));
  const p = nuStarts.map((nu) => solveMaster(jumps, boltzmann([nu], size), times, 0.0075));
  const mean = p.map((list) => list.map((q) => average(q, (n) => n)));
  const best = mean.map((list) => list.map((m) => Math.log1p(1 / m)));
  const learned = nuStarts.map((nu) => path(learnedField, nu, times));
  const model = learned.map((list) => list.map((nu) => boltzmann([nu], size)));
  const learnedMean = model.map((list) => list.map((q) => average(q, (n) => n)));
  const axis = steps(0, 4.2, 85);
  const kicks = [0, 0.75, 1.5, 2.25];
  const responses = kicks.map((kick) => [
    [
      Array.from(times, (t, i) =>
        t < kick ? 0 : Math.exp(0.6 * (Math.exp(-(learned[0]?.[i] ?? 0)) - 1) * (t - kick) * 2),
      ),
    ],
  ]);
  const snapshots = [0, 15, 30, 60];
  return {
    species: "A",
    family: { labels: ["n"] },
    chart: { name: "identity", labels: ["ν"] },
    starts,
    arrays: {
      times: pack(times),
      awake: pack(three(mean)),
      asleep: pack(three(learnedMean)),
      exactMean: pack(mean),
      exactSd: pack(p.map((list) => list.map(spread))),
      learnedMean: pack(learnedMean),
      learnedSd: pack(model.map((list) => list.map(spread))),
      analyticMean: pack(mean.map((list) => list.map((m) => m * 1.001))),
      kl: pack(p.map((list, a) => list.map((q, i) => Math.max(0, kullbackLeibler(q, model[a]?.[i] ?? q))))),
      floor: pack(
        p.map((list, a) =>
          list.map((q, i) => Math.max(1e-17, kullbackLeibler(q, boltzmann([best[a]?.[i] ?? 0], size)))),
        ),
      ),
      nu: pack(three(learned)),
      nuBest: pack(three(best)),
      y: pack(three(learned)),
      snapshotTimes: pack(snapshots.map((i) => times[i] ?? 0)),
      snapshotExact: pack(p.map((list) => snapshots.map((i) => list[i] ?? []))),
      snapshotLearned: pack(model.map((list) => snapshots.map((i) => list[i] ?? []))),
      objective: pack(Array.from({ length: 61 }, (_, i) => 2.1e-6 + 0.8 * Math.exp(-i / 3) * (1 + 0.1 * Math.sin(i)))),
      fieldAxis0: pack(axis),
      fieldLearned: pack(Array.from(axis, (nu) => [learnedField(nu)])),
      fieldAnalytic: pack(Array.from(axis, (nu) => [field(nu)])),
      visited: pack([[0.15, 3.1]]),
      pathLearned: pack(learned.map((list) => list.map((nu) => [learnedField(nu)]))),
      pathAnalytic: pack(learned.map((list) => list.map((nu) => [field(nu)]))),
      responseKicks: pack(kicks),
      response: pack(responses),
    },
  };
}
