import { type ExactSolution, solveExact } from "@dbd/cme";
import { checkTargets, deliver } from "../deliver.ts";
import { checkFree, openFolder, userPath, writeFile } from "../files.ts";
import type { Io } from "../io.ts";
import { writeResult } from "../manifest.ts";
import { modelFile } from "../modelFile.ts";
import { chosenNames, momentTable } from "../momentTable.ts";
import type { CommonOptions } from "../options.ts";
import { csvText, short } from "../table.ts";
import { type GridOptions, timesOf } from "../timeGrid.ts";

export interface ExactCommandOptions extends CommonOptions, GridOptions {
  readonly tolerance: number;
  readonly vars?: readonly string[];
  /** SPECIES FILE, joined by a tab. */
  readonly marginal?: readonly string[];
}

export async function exactCommand(io: Io, model: string, options: ExactCommandOptions): Promise<void> {
  const network = await modelFile(io, model);
  const times = timesOf(io, options);
  const marginals = (options.marginal ?? []).map((pair) => pair.split("\t"));
  const species = chosenNames("--vars", options.vars, network.species);
  for (const [name = ""] of marginals) chosenNames("--marginal", [name], network.species);
  checkTargets(io, options);
  for (const [, file = ""] of marginals) if (file !== "-") checkFree(userPath(file, io), options.force);
  const folder = options.out === undefined ? undefined : userPath(options.out, io);
  if (folder !== undefined) openFolder(folder, options);
  const begun = performance.now();
  const solution = solveExact(network, { times, tolerance: options.tolerance });
  const seconds = (performance.now() - begun) / 1000;
  const { header, rows, shownRows } = momentTable(times, species, solution);
  const leak = solution.leak.at(-1) ?? 0;
  for (const [name = "", file = ""] of marginals) {
    const text = marginalCsv(solution, name, times);
    if (file === "-") io.stdout(text);
    else writeFile(userPath(file, io), text);
  }
  if (folder !== undefined)
    writeResult(folder, new Map([["moments.csv", csvText(header, rows)]]), {
      command: "exact",
      input: { model, times: [...times], tolerance: options.tolerance },
      seed: "none",
      method: { name: "uniformisation", why: "the truncated master equation" },
      backend: { name: "generic", why: "the only back end so far" },
      events: 0,
      workers: 1,
      seconds,
    });
  if (marginals.some(([, file]) => file === "-") && options.csv === undefined && options.json === undefined) return;
  const states = solution.states.length / Math.max(1, network.species.length);
  deliver(io, options, {
    lines: [`exact solution of ${model} on ${states} states; at most ${short(leak)} of the probability is missing`],
    header,
    rows,
    shownRows,
    json: { command: "exact", model, states, leak, columns: header, rows },
  });
}

function marginalCsv(solution: ExactSolution, name: string, times: Float64Array): string {
  const rows = Array.from(times, (time, t) => Array.from(solution.marginal(name, t), (p, n) => [time, n, p])).flat();
  return csvText(["time", "n", "p"], rows);
}
