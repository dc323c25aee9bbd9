import { type Amounts, type InitialDistribution, simulateEnsemble, solveExact } from "@dbd/cme";
import { UnsupportedError } from "@dbd/numerics/errors";
import { pace, type RunControl } from "@dbd/numerics/run";
import type { Setup } from "./setup.ts";
import type { StartLaw, StartRequest } from "./starts.ts";
import { unitCounts, type UnitsLaw, unitTables } from "./units.ts";

/** The law of the observed species at every time, and what it cost. */
export interface Tables {
  /** p(n), n = 0 …, one per time. */
  readonly tables: readonly Float64Array[];
  /** False: an ensemble's histogram. */
  readonly exact: boolean;
  readonly events: number;
  readonly notes: readonly string[];
}

/** Threads and control of the awake phase. */
export interface AwakeOptions extends RunControl {
  readonly workers?: number | undefined;
}

/** The truth at the experiment's times, by the truncated master equation or an ensemble; undefined when aborted. */
export async function awakeTables(
  setup: Setup,
  request: StartRequest,
  options: AwakeOptions,
): Promise<Tables | undefined> {
  const { awake } = setup.experiment.input;
  const method = typeof awake === "string" ? awake : awake.method;
  if (!(await pace(options)({ done: 0, total: 1, label: `data from ${request.label}` }))) return undefined;
  if (request.law.kind === "units")
    return method === "exact"
      ? { tables: unitTables(setup, request.law), exact: true, events: 0, notes: [] }
      : sampledUnits(setup, request, request.law, options);
  return method === "exact" ? exactTables(setup, request) : simulatedTables(setup, request, options);
}

/** The law at time 0 as the simulators take it; undefined for the model's own.  */
export function initialOf(
  { family, species }: Pick<Setup, "family" | "species">,
  law: StartLaw,
): InitialDistribution | undefined {
  if (law.kind === "model") return undefined;
  switch (law.kind) {
    case "fixed":
      return { kind: "fixed", counts: law.values };
    case "poisson":
      return { kind: "poisson", means: law.values };
    case "binomial": {
      const part = (key: "trials" | "probability"): Amounts =>
        new Map([...law.values].map(([name, v]) => [name, v[key]]));
      return { kind: "binomial", trials: part("trials"), probability: part("probability") };
    }
    case "table":
      return { kind: "table", species, probabilities: law.probabilities };
    case "units":
      throw new UnsupportedError("units as the start of a simulation or a closure of counts", {
        hint: "Units are independent: dbd learn knows their law",
      });
    default:
      return { kind: "table", species, probabilities: family.distribution(law.nu) };
  }
}

function exactTables(setup: Setup, { law, label }: StartRequest): Tables {
  const { awake } = setup.experiment.input;
  const initial = initialOf(setup, law);
  const solution = solveExact(setup.network, {
    times: setup.grid.times,
    ...(typeof awake === "string" ? {} : { tolerance: awake.tolerance }),
    ...(initial === undefined ? {} : { initial }),
  });
  const T = setup.grid.times.length;
  const leak = solution.leak[T - 1];
  return {
    tables: Array.from({ length: T }, (_, t) => normalised(solution.marginal(setup.species, t))),
    exact: true,
    events: 0,
    notes:
      leak > 1e-6
        ? [`The truncated master equation of ${label} misses up to ${leak.toExponential(1)} of the probability.`]
        : [],
  };
}

async function simulatedTables(
  setup: Setup,
  request: StartRequest,
  options: AwakeOptions,
): Promise<Tables | undefined> {
  const { awake, seed } = setup.experiment.input;
  const runs = typeof awake === "string" ? 10_000 : awake.runs;
  const initial = initialOf(setup, request.law);
  const ensemble = await simulateEnsemble(setup.network, {
    ...options,
    workers: options.workers ?? 1,
    ...(initial === undefined ? {} : { initial }),
    times: setup.grid.times,
    runs,
    seed: `${seed}/${request.role}/${request.label}`,
    species: [setup.species],
    histograms: true,
  });
  if (ensemble.stopped === "aborted") return undefined;
  const { counts, size } = ensemble.histogram(setup.species);
  return {
    tables: Array.from(setup.grid.times, (_, t) => normalised(counts.slice(t * size, (t + 1) * size))),
    exact: false,
    events: ensemble.events,
    notes: [],
  };
}

/** A histogram over runs of independent units. */
async function sampledUnits(
  setup: Setup,
  { role, label }: StartRequest,
  law: UnitsLaw,
  options: AwakeOptions,
): Promise<Tables | undefined> {
  const { awake, seed } = setup.experiment.input;
  const runs = typeof awake === "string" ? 10_000 : awake.runs;
  const counts = await unitCounts(setup, law, `${seed}/${role}/${label}`, runs, options);
  if (counts === undefined) return undefined;
  const T = setup.grid.times.length;
  const tables = Array.from({ length: T }, (_, t) => {
    const p = new Float64Array(law.trials + 1);
    for (let k = 0; k < runs; k++) p[counts[k * T + t]] += 1 / runs;
    return normalised(p);
  });
  return { tables, exact: false, events: 0, notes: [] };
}

/** Runs of many units take long: fewer are shown. */
const SHOWN_UNIT_RUNS = 8;

/** Single runs of one start, to show what the averages are made of: copies, shape [K, T]. */
export async function sampleRuns(setup: Setup, request: StartRequest, K: number): Promise<Float64Array> {
  if (request.law.kind === "units")
    return (
      (await unitCounts(
        setup,
        request.law,
        `${setup.experiment.input.seed}/single runs`,
        Math.min(K, SHOWN_UNIT_RUNS),
        {},
      )) ?? new Float64Array(0)
    );
  const initial = initialOf(setup, request.law);
  const { trajectories = new Int32Array(0) } = await simulateEnsemble(setup.network, {
    ...(initial === undefined ? {} : { initial }),
    times: setup.grid.times,
    runs: K,
    seed: `${setup.experiment.input.seed}/single runs`,
    species: [setup.species],
    trajectories: true,
  });
  return Float64Array.from(trajectories);
}

function normalised(p: Float64Array): Float64Array {
  const total = p.reduce((sum, v) => sum + v, 0);
  let length = p.length;
  while (length > 1 && p[length - 1] === 0) length--;
  return p.slice(0, length).map((v) => v / total);
}

/** Tables as text, for a later run. Counts over runs are short decimals; every number survives exactly. */
export const printTables = ({ tables, ...rest }: Tables): string =>
  JSON.stringify({ ...rest, tables: tables.map((p) => [...p]) });

export function parseTables(text: string): Tables {
  const { tables, ...rest } = JSON.parse(text) as Omit<Tables, "tables"> & { tables: number[][] };
  return { ...rest, tables: tables.map((p) => Float64Array.from(p)) };
}
