import { type Network, parameterValues, type RateSolution, solveRateEquations } from "@dbd/cme";
import { modelCompartments, parseModel } from "@dbd/experiment/model";
import { NumericalError } from "@dbd/numerics/errors";
import { checkTargets, deliver } from "../deliver.ts";
import { interrupted, usage } from "../failure.ts";
import { openFolder, userPath } from "../files.ts";
import type { Io } from "../io.ts";
import { writeResult } from "../manifest.ts";
import { type ModelText, modelText } from "../modelFile.ts";
import { chosenNames, someRows } from "../momentTable.ts";
import type { CommonOptions } from "../options.ts";
import { csvText } from "../table.ts";
import { type GridOptions, timesOf } from "../timeGrid.ts";

export interface RateCommandOptions extends CommonOptions, GridOptions {
  readonly rtol: number;
  readonly atol: number;
  readonly vars?: readonly string[];
  readonly amount?: readonly string[];
  readonly concentration?: readonly string[];
  readonly observables?: boolean;
  readonly species?: boolean;
}

/** A column of the table: a name of the network, over the size of a compartment where a concentration is asked for. */
interface Column {
  readonly name: string;
  readonly home?: string;
}

/** Names that the solution has a column for. */
const moving = ({ species, assignments, rateRules, events = [] }: Network): string[] => [
  ...new Set([
    ...species,
    ...(assignments?.keys() ?? []),
    ...(rateRules?.keys() ?? []),
    ...events.flatMap((event) => event.assignments.map(({ target }) => target)),
  ]),
];

async function observablesOf({ text, file, format }: ModelText): Promise<readonly string[]> {
  if (format !== "net") throw usage(`--observables: found ${file}; expected a BioNetGen network (.net)`);
  return [...(await import("@dbd/formats/net")).readBioNetGen(text, { file, amounts: "any" }).observables.keys()];
}

/** --vars gives the order, --amount and --concentration say what of a species is meant; an amount when neither does. */
async function columnsOf(model: ModelText, network: Network, options: RateCommandOptions): Promise<readonly Column[]> {
  const { vars, amount = [], concentration = [], observables = false, species = false } = options;
  const asked = [
    ...(species ? network.species : []),
    ...(observables ? await observablesOf(model) : []),
    ...(vars === undefined ? [] : chosenNames("--vars", vars, moving(network))),
    ...(amount.length === 0 ? [] : chosenNames("--amount", amount, network.species)),
    ...(concentration.length === 0 ? [] : chosenNames("--concentration", concentration, network.species)),
  ];
  const both = amount.find((name) => concentration.includes(name));
  if (both !== undefined) throw usage(`--concentration: found "${both}", which --amount has too; expected one of them`);
  const names = asked.length === 0 ? network.species : [...new Set(asked)];
  if (concentration.length === 0) return names.map((name) => ({ name }));
  const homes = await modelCompartments(model.text, model.file);
  if (homes.size === 0) throw usage(`--concentration: found ${model.file}, whose format has no compartments`);
  return names.map((name) => {
    const home = concentration.includes(name) ? homes.get(name) : undefined;
    return home === undefined ? { name } : { name, home };
  });
}

function valuesOf(solution: RateSolution, network: Network, { name, home }: Column): Float64Array {
  const values = solution.column(name);
  if (home === undefined) return values;
  const size = parameterValues(network).get(home);
  if (!moving(network).includes(home)) return values.map((value) => value / (size ?? 1));
  const sizes = solution.column(home);
  return values.map((value, t) => value / (sizes[t] ?? 1));
}

/** Solves the rate equations of a model. */
export async function rateCommand(io: Io, file: string, options: RateCommandOptions): Promise<void> {
  const { rtol, atol } = options;
  const model = modelText(io, file);
  const network = await parseModel(model.text, file, { amounts: "any", observables: "all" });
  const times = timesOf(io, options);
  const columns = await columnsOf(model, network, options);
  checkTargets(io, options);
  const folder = options.out === undefined ? undefined : userPath(options.out, io);
  if (folder !== undefined) openFolder(folder, options);
  // SBML and Antimony give rates as written, n(n − 1) included; a .net and our text give constants of mass action.
  const written = model.format === "sbml" || model.format === "antimony";
  const convention = written ? "falling factorial" : "macroscopic";
  const begun = performance.now();
  const solution = solveRateEquations(network, times, { convention, rtol, atol, signal: io.signal });
  const seconds = (performance.now() - begun) / 1000;
  if (solution.stopped === "aborted") throw interrupted("interrupted: the rate equations are not solved");
  if (solution.stopped !== "end") throw new NumericalError("rate", solution.reason, {}, solution.advice);
  const header = ["time", ...columns.map(({ name }) => name)];
  const values = columns.map((column) => valuesOf(solution, network, column));
  const rows = Array.from(times, (time, t) => [time, ...values.map((column) => column[t] ?? Number.NaN)]);
  const method = solution.methods.join(", then ");
  if (folder !== undefined)
    writeResult(folder, new Map([["rate.csv", csvText(header, rows)]]), {
      command: "rate",
      input: { model: file, times: [...times], rtol, atol, convention },
      seed: "none",
      method: { name: method, why: "explicit until steps are as long as stability allows, then stiff" },
      backend: { name: solution.backend, why: "WebAssembly takes over beyond 500 steps" },
      events: solution.events.length,
      workers: 1,
      seconds,
    });
  deliver(io, options, {
    lines: [`rate equations of ${file} by ${method}, ${solution.counts.accepted} steps`],
    header,
    rows,
    shownRows: someRows(rows),
    footer: options.out === undefined ? [] : [`result: ${options.out}`],
    json: { command: "rate", model: file, convention, method, columns: header, rows },
  });
}
