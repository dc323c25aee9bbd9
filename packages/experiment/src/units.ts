import { type Network, simulateEnsemble, solveExact } from "@dbd/cme";
import { UnsupportedError } from "@dbd/numerics/errors";
import { drawBinomial } from "@dbd/numerics/random/binomial";
import { stream } from "@dbd/numerics/random/stream";
import { pace, type RunControl } from "@dbd/numerics/run";
import { exp, logBinomialMass } from "@dbd/numerics/special";
import type { Setup } from "./setup.ts";
import type { StartLaw } from "./starts.ts";

export type UnitsLaw = Extract<StartLaw, { kind: "units" }>;

/** Only first-order conversions leave units independent. */
function checkUnits({ reactions, species }: Network): void {
  const one = (side: readonly { readonly order: number }[]): boolean => side.length === 1 && side[0].order === 1;
  const bad = reactions.findIndex(
    ({ reactants, products, rate }) => !one(reactants) || !one(products) || rate.kind !== "massAction",
  );
  if (bad < 0) return;
  const names = reactions[bad].reactants.map((part) => species[part.species]).join(" + ") || "0";
  throw new UnsupportedError(
    `units with reaction ${bad + 1} (of ${names}), which does not move one unit from one species to another`,
    {
      hint: "Start from fixed, poisson or binomial counts",
    },
  );
}

/** The probability that one unit is in the observed species, shape [T]: the matrix exponential of a single unit. */
export function unitProbability({ network, species, grid }: Setup, { values }: UnitsLaw): Float64Array {
  checkUnits(network);
  const p = new Float64Array(grid.times.length);
  for (const [name, share] of values) {
    if (share === 0) continue;
    const counts = new Map(network.species.map((one) => [one, one === name ? 1 : 0]));
    const solution = solveExact(network, { times: grid.times, initial: { kind: "fixed", counts }, tolerance: 1e-12 });
    for (let t = 0; t < p.length; t++) p[t] += share * solution.marginal(species, t)[1];
  }
  return p;
}

/** The exact law: binomial(N, p(t)), since units do not meet. */
export function unitTables(setup: Setup, law: UnitsLaw): Float64Array[] {
  const N = law.trials;
  return Array.from(unitProbability(setup, law), (p) => {
    const table = Float64Array.from({ length: N + 1 }, (_, n) => exp(logBinomialMass(n, N, p)));
    const total = table.reduce((sum, v) => sum + v, 0);
    return table.map((v) => v / total);
  });
}

/** Counts of the observed species in `runs` stochastic runs, each from its own draw of the units, shape [K, T]. */
export async function unitCounts(
  { network, species, grid }: Setup,
  { trials, values }: UnitsLaw,
  seed: string,
  runs: number,
  control: RunControl,
): Promise<Float64Array | undefined> {
  checkUnits(network);
  const T = grid.times.length;
  const out = new Float64Array(runs * T);
  const proceed = pace(control);
  for (let k = 0; k < runs; k++) {
    if (!(await proceed({ done: k, total: runs, label: "runs of units" }))) return undefined;
    const random = stream(`${seed}/units`, k);
    const counts = new Map(network.species.map((name) => [name, 0]));
    let left = trials;
    let rest = 1;
    for (const [name, share] of values) {
      const n = share >= rest ? left : drawBinomial(random, left, share / rest);
      counts.set(name, n);
      left -= n;
      rest -= share;
    }
    const { trajectories = new Int32Array(0) } = await simulateEnsemble(network, {
      initial: { kind: "fixed", counts },
      times: grid.times,
      runs: 1,
      firstRun: k,
      seed,
      species: [species],
      trajectories: true,
    });
    out.set(trajectories, k * T);
  }
  return out;
}
