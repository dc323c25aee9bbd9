import { type Ensemble, type Network, simulateEnsemble, summary } from "@dbd/cme";
import { ArgumentError, didYouMean, UnsupportedError } from "@dbd/numerics/errors";
import type { Command } from "commander";
import { type CommonOptions, defaultSeed, interruptible, throwIfAborted, withCommon, workerCount } from "./common.ts";
import { refuseOverwrite, userPath, writeWhole } from "./files.ts";
import { type GridOptions, numberFlag, timeGrid, withGrid } from "./grid.ts";
import { publish } from "./manifest.ts";
import { readModel } from "./models.ts";
import { type Table } from "./table.ts";

interface SimulateOptions extends CommonOptions, GridOptions {
  readonly runs: string;
  readonly method: string;
  readonly backend: string;
  readonly vars?: string;
  readonly trajectories?: string;
}

const METHODS = ["auto", "direct", "sorting-direct", "next-reaction", "composition-rejection", "tau-leap"];

/** Refuses an unknown word, and a known one that this version cannot do. */
function chosen(flag: string, word: string, known: readonly string[], built: readonly string[]): void {
  if (!known.includes(word)) {
    const near = didYouMean(word, known);
    throw new ArgumentError(flag, `found "${word}"; expected one of ${known.join(", ")}`, {
      hint: near === undefined ? undefined : `Did you mean "${near}"?`,
    });
  }
  if (!built.includes(word)) throw new UnsupportedError(`${flag} ${word}`, { hint: `Use ${built.join(" or ")}` });
}

/** The species that --vars names. */
export function variables(network: Network, vars: string | undefined): readonly string[] {
  if (vars === undefined) return network.species;
  return vars.split(",").map((name) => {
    if (network.species.includes(name)) return name;
    const near = didYouMean(name, network.species);
    throw new ArgumentError("--vars", `found "${name}"; expected species of the model: ${network.species.join(", ")}`, {
      hint: near === undefined ? undefined : `Did you mean "${near}"?`,
    });
  });
}

/** `time,X-mean,X-sd,…` */
export function momentTable(
  times: Float64Array,
  species: readonly string[],
  mean: Float64Array,
  variance: Float64Array,
): Table {
  const S = species.length;
  return {
    columns: ["time", ...species.flatMap((name) => [`${name}-mean`, `${name}-sd`])],
    rows: Array.from(times, (time, t) => [
      time,
      ...species.flatMap((_, s) => [mean[t * S + s] ?? Number.NaN, Math.sqrt(variance[t * S + s] ?? Number.NaN)]),
    ]),
  };
}

function* trajectoryLines({ times, species, trajectories, runs }: Ensemble): Generator<string> {
  yield `run,time,${species.join(",")}\n`;
  const S = species.length;
  for (let k = 0; k < runs; k++) {
    for (let t = 0; t < times.length; t++) {
      const at = (k * times.length + t) * S;
      yield `${k},${times[t]},${trajectories?.subarray(at, at + S).join(",")}\n`;
    }
  }
}

async function simulate(model: string, options: SimulateOptions): Promise<void> {
  chosen("--method", options.method, METHODS, ["auto", "direct"]);
  chosen("--backend", options.backend, ["auto", "generic", "wasm"], ["auto", "generic"]);
  const runs = numberFlag("--runs", options.runs, 1, true);
  const times = timeGrid(options);
  const target = options.trajectories;
  if (target !== undefined && !target.endsWith(".csv")) {
    const kind = /\.(h5|npz)$/.exec(target)?.[0];
    if (kind !== undefined) throw new UnsupportedError(`${kind} output of trajectories`, { hint: "Use a .csv file" });
    throw new ArgumentError("--trajectories", `found "${target}"; expected a file that ends in .csv`);
  }
  if (target !== undefined) refuseOverwrite(userPath(target), options.force === true);
  const network = readModel(model);
  const species = variables(network, options.vars);
  const seed = options.seed ?? defaultSeed;
  const begun = performance.now();
  const ensemble = await interruptible(options, async (control) => {
    const result = await simulateEnsemble(network, {
      times,
      runs,
      seed,
      species,
      workers: workerCount(options),
      trajectories: target !== undefined,
      ...control,
    });
    if (result.runs < runs)
      throwIfAborted(control.signal, `${result.runs} of ${runs} runs were done; nothing was written`);
    return result;
  });
  if (target !== undefined) writeWhole(userPath(target), [...trajectoryLines(ensemble)].join(""));
  const table = momentTable(times, species, ensemble.mean, ensemble.variance);
  publish(options, {
    command: "simulate",
    name: "moments",
    table,
    heading: `${summary(network)}\n${runs} runs, seed "${seed}", direct method, ${ensemble.events} events\n`,
    input: { model, runs, seed, method: "direct", backend: "generic", species, times: [...times] },
    facts: {
      seed,
      method: "direct",
      backend: "generic",
      why: "the only exact method built so far",
      events: ensemble.events,
      seconds: (performance.now() - begun) / 1000,
      workers: workerCount(options),
    },
  });
}

export function registerSimulate(program: Command): void {
  withCommon(withGrid(program.command("simulate").argument("<model>", "SBML (.xml, .sbml) or our own text (.dbd)")))
    .description("stochastic ensemble: means and standard deviations over time")
    .option("--runs <count>", "independent runs", "10000")
    .option("--method <name>", METHODS.join(" | "), "auto")
    .option("--backend <name>", "auto | generic | wasm", "auto")
    .option("--vars <names>", "species to report, separated by commas")
    .option("--trajectories <file>", "write the trajectories themselves (.csv)")
    .action(simulate);
}
