import { type ExactSolution, solveExact, summary } from "@dbd/cme";
import { ArgumentError } from "@dbd/numerics/errors";
import type { Command } from "commander";
import { type CommonOptions, withCommon } from "./common.ts";
import { refuseOverwrite, userPath, writeWhole } from "./files.ts";
import { type GridOptions, numberFlag, timeGrid, withGrid } from "./grid.ts";
import { checkFolder, publish } from "./manifest.ts";
import { readModel } from "./models.ts";
import { momentTable, variables } from "./simulate.ts";
import { csvText, type Table } from "./table.ts";

interface ExactOptions extends CommonOptions, GridOptions {
  readonly tolerance: string;
  readonly vars?: string;
  readonly marginal?: readonly string[];
}

/** `time,n,p` of one species; trailing zeros of each time are left out. */
function marginalTable(solution: ExactSolution, name: string): Table {
  const rows = Array.from(solution.times).flatMap((time, t) => {
    const p = solution.marginal(name, t);
    const last = p.findLastIndex((value) => value > 0);
    return Array.from(p.subarray(0, last + 1), (value, n) => [time, n, value]);
  });
  return { columns: ["time", "n", "p"], rows };
}

/** Columns of a species each, as one array [T, S]. */
function columnsOf(parts: readonly Float64Array[]): Float64Array {
  const T = parts[0]?.length ?? 0;
  return Float64Array.from(
    { length: T * parts.length },
    (_, i) => parts[i % parts.length]?.[Math.floor(i / parts.length)] ?? 0,
  );
}

function exact(model: string, options: ExactOptions): void {
  const tolerance = numberFlag("--tolerance", options.tolerance, 0);
  const times = timeGrid(options);
  checkFolder(options);
  const network = readModel(model);
  const species = variables(network, options.vars);
  const [observed, file] = options.marginal ?? [];
  if (observed !== undefined) {
    variables(network, observed);
    if (file === undefined) {
      throw new ArgumentError("--marginal", "needs a species and a file", { hint: `--marginal ${observed} p.csv` });
    }
    refuseOverwrite(userPath(file), options.force === true);
  }
  const begun = performance.now();
  const solution = solveExact(network, { times, tolerance });
  const seconds = (performance.now() - begun) / 1000;
  const leak = solution.leak.at(-1) ?? 0;
  const states = solution.states.length / Math.max(1, network.species.length);
  if (observed !== undefined && file !== undefined)
    writeWhole(userPath(file), csvText(marginalTable(solution, observed)));
  const mean = columnsOf(species.map((name) => solution.mean(name)));
  const variance = columnsOf(species.map((name) => solution.variance(name)));
  publish(options, {
    command: "exact",
    name: "moments",
    table: momentTable(times, species, mean, variance),
    heading: `${summary(network)}\ntruncated master equation: ${states} states, missing mass at most ${leak.toExponential(1)}\n`,
    input: { model, tolerance, species, times: [...times] },
    facts: { method: "uniformisation", states, leak, seconds },
  });
}

export function registerExact(program: Command): void {
  withCommon(withGrid(program.command("exact").argument("<model>", "SBML (.xml, .sbml) or our own text (.dbd)")))
    .description("truncated master equation: means and standard deviations with an error bound")
    .option("--tolerance <mass>", "largest probability mass that may be missing", "1e-8")
    .option("--vars <names>", "species to report, separated by commas")
    .option("--marginal <species file...>", "write the distribution of a species: --marginal X p.csv")
    .action(exact);
}
