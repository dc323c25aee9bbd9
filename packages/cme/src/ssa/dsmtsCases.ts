import { parseNetwork } from "../parse.ts";
import type { Network } from "../network.ts";
import type { Ensemble } from "../ensemble.ts";

const birthDeath = (birth: number, death: number, start: number): string =>
  `X -> 2 X @ ${birth}\nX -> 0 @ ${death}\nX = ${start}\n`;
const immigration = (arrival: string, death: number): string => `${arrival}\nX -> 0 @ ${death}\nX = 0\n`;
const dimer = "2 P -> P2 @ 0.001\nP2 -> 2 P @ 0.01\nP = 100\n";

/** The stochastic cases of the SBML test suite (Evans, Gillespie & Wilkinson 2008, doi:10.1093/bioinformatics/btm566). */
export const dsmtsCases: ReadonlyMap<string, string> = new Map([
  ["00001", birthDeath(0.1, 0.11, 100)],
  ["00002", birthDeath(0.1, 0.11, 100)],
  ["00003", birthDeath(1, 1.1, 100)],
  ["00004", birthDeath(0.1, 0.11, 10)],
  ["00006", "X -> 2 X @ 0.1\nX -> Sink @ 0.11\nX = 100\nboundary Sink = 0"],
  ["00010", "X -> 2 X @ = Lambda*(X/Cell)\nX -> 0 @ = Mu*(X/Cell)\nX = 100\nLambda = 0.1\nMu = 0.11\nCell = 1"],
  ["00011", "X -> 2 X @ = Lambda*(X/Cell)\nX -> 0 @ = Mu*(X/Cell)\nX = 100\nLambda = 0.1\nMu = 0.11\nCell = 2"],
  ["00013", "X -> 2 X @ = X*Lambda*0.5\nX -> 0 @ 0.11\nX = 100\nLambda = 0.2"],
  ["00019", `${birthDeath(0.1, 0.11, 100)}species y = 0\ny := 2*X`],
  ["00020", immigration("0 -> X @ 1", 0.1)],
  ["00022", immigration("0 -> X @ 5", 0.1)],
  ["00024", "Source -> X @ = 10\nX -> Sink @ 0.1\nX = 0\nboundary Source = 0\nboundary Sink = 0"],
  ["00028", `${immigration("0 -> X @ 1", 0.1)}event reset: when time >= 25; set X = 50; initially false`],
  ["00030", dimer],
  ["00033", `${dimer}event reset: when P2 > 30; set P = 100, P2 = 0; initially false`],
  ["00037", immigration("0 -> 5 X @ 1", 0.2)],
]);

export function dsmtsNetwork(id: string): Network {
  return parseNetwork(dsmtsCases.get(id)!, { file: id });
}

/** Exact means and standard deviations at every time. */
export interface DsmtsMoments {
  readonly times: readonly number[];
  readonly variables: ReadonlyMap<string, { readonly mean: readonly number[]; readonly sd: readonly number[] }>;
}

/** Reads a case's results.csv. */
export function readDsmtsResults(text: string): DsmtsMoments {
  const [header, ...rows] = text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(","));
  const column = (name: string): number[] => rows.map((row) => Number(row[header.indexOf(name)]));
  const names = header.filter((name) => name.endsWith("-mean")).map((name) => name.slice(0, -"-mean".length));
  return {
    times: column("time"),
    variables: new Map(names.map((name) => [name, { mean: column(`${name}-mean`), sd: column(`${name}-sd`) }])),
  };
}

/** Mean, variance (n − 1) and kurtosis of one species at one time over all runs. */
function momentsOf({ trajectories, runs, times, species }: Ensemble, t: number, s: number): [number, number, number] {
  const states = trajectories!;
  const width = times.length * species.length;
  const first = t * species.length + s;
  let sum = 0;
  for (let k = 0; k < runs; k++) sum += states[k * width + first];
  const mean = sum / runs;
  let second = 0;
  let fourth = 0;
  for (let k = 0; k < runs; k++) {
    const square = (states[k * width + first] - mean) ** 2;
    second += square;
    fourth += square * square;
  }
  return [mean, second / (runs - 1), second === 0 ? 1 : (fourth * runs) / (second * second)];
}

/**
 * Where an ensemble leaves the bands of the suite: Z = √n (m − μ)/σ in (−3, 3) and Y = √(n/2) (s²/σ² − 1) in (−5, 5),
 * Y in units of its true standard deviation √((kurtosis − 1)/2); equality where σ = 0. One time may be outside.
 */
export function dsmtsFaults(ensemble: Ensemble, { times, variables }: DsmtsMoments): string[] {
  const faults: string[] = [];
  for (const [name, { mean, sd }] of variables) {
    const found: string[] = [];
    for (let t = 0; t < times.length; t++) {
      const [m, variance, kurtosis] = momentsOf(ensemble, t, ensemble.species.indexOf(name));
      if (sd[t] === 0) {
        if (m !== mean[t] || variance !== 0) faults.push(`${name} at ${times[t]}: ${m}, variance ${variance}`);
        continue;
      }
      const z = (Math.sqrt(ensemble.runs) * (m - mean[t])) / sd[t];
      const y = Math.sqrt(ensemble.runs / 2) * (variance / sd[t] ** 2 - 1);
      const scaled = y / Math.sqrt(Math.max(1, (kurtosis - 1) / 2));
      if (!(Math.abs(z) < 3 && Math.abs(scaled) < 5)) {
        found.push(`${name} at ${times[t]}: Z = ${z.toFixed(2)}, Y = ${scaled.toFixed(2)}`);
      }
    }
    if (found.length > 1) faults.push(...found);
  }
  return faults;
}
