import { existsSync } from "node:fs";
import { join } from "node:path";
import { printNetwork } from "@dbd/cme";
import { comparisons, type Demo } from "@dbd/demos";
import { type Comparison, compareExperiment, printComparison } from "@dbd/experiment";
import { checkTargets, deliver } from "../deliver.ts";
import { experimentFile, type LoadedExperiment } from "../experimentFile.ts";
import { interrupted } from "../failure.ts";
import { openFolder, userPath } from "../files.ts";
import type { Io } from "../io.ts";
import { writeResult } from "../manifest.ts";
import type { CommonOptions } from "../options.ts";
import { openParts, type Parts } from "../parts.ts";
import { progressView } from "../progress.ts";
import { csvText } from "../table.ts";
import { type LearnCommandOptions, settings } from "./learn.ts";

/** A comparison and what it took. */
interface Compared {
  readonly loaded: LoadedExperiment;
  readonly comparison: Comparison;
  readonly events: number;
  readonly seconds: number;
  readonly parts: Parts;
}

/** Compares one document, keeping finished rows in the folder. Throws Exit 130 when interrupted. */
async function compareInto(
  io: Io,
  folder: string,
  loaded: LoadedExperiment,
  options: CommonOptions,
): Promise<Compared> {
  const { experiment, network, name, title } = loaded;
  const key = JSON.stringify({ command: "compare", input: experiment.input, network: printNetwork(network), name });
  const parts = openParts(folder, key, options.resume);
  const view = progressView(io, options.quiet);
  const begun = performance.now();
  const run = await compareExperiment(experiment, network, {
    workers: options.workers,
    signal: io.signal,
    onProgress: (p) => view.report({ ...p, label: `${name}: ${p.label ?? ""}` }),
    stages: parts,
    clock: () => performance.now(),
  }).finally(view.end);
  if (run.stopped === "aborted" || run.comparison === undefined)
    throw interrupted(
      `interrupted while comparing ${name}; ${run.comparison?.rows.length ?? 0} finished rows are kept in ${folder}; continue with --resume`,
    );
  return {
    loaded,
    parts, // kept until every system is written: an interruption loses no row of an earlier one
    comparison: { ...run.comparison, title },
    events: run.events,
    seconds: (performance.now() - begun) / 1000,
  };
}

const header = (species: readonly string[]): string[] => [
  "method",
  "time",
  "start",
  "role",
  ...species.flatMap((name) => [`${name}-mean`, `${name}-sd`]),
  "kl",
];

/** `method,time,…`: the truth first, then every method, from every start. */
function momentRows({ rows, starts, species, times, mean, variance, floor }: Comparison): (string | number)[][] {
  const [T, S] = [times.data.length, species.length];
  const all = [{ method: "exact", mean, variance, kl: floor }, ...rows];
  return all.flatMap((row) =>
    starts.flatMap(({ label, role }, a) =>
      Array.from(times.data, (time, t) => {
        const moments = species.flatMap((_, s) => {
          const at = (a * T + t) * S + s;
          return [row.mean.data[at] ?? Number.NaN, Math.sqrt(row.variance.data[at] ?? Number.NaN)];
        });
        return [
          row.method,
          time,
          label,
          role === "heldOut" ? "held out" : "training",
          ...moments,
          row.kl.data[a * T + t] ?? Number.NaN,
        ];
      }),
    ),
  );
}

export async function compareCommand(io: Io, file: string | undefined, options: LearnCommandOptions): Promise<void> {
  const wanted: readonly (string | Demo)[] = file === undefined ? comparisons : [file];
  const out = options.out ?? join("results", file === undefined ? "compare" : `compare-${nameOf(file)}`);
  const folder = userPath(out, io);
  checkTargets(io, options);
  if (options.resume && existsSync(join(folder, "manifest.json"))) {
    io.stdout(`${out} is complete\n`);
    return;
  }
  const documents = await loadAll(io, wanted, options);
  openFolder(folder, options);
  const compared: Compared[] = [];
  for (const loaded of documents)
    compared.push(await compareInto(io, file === undefined ? join(folder, loaded.name) : folder, loaded, options));
  await writeComparisons(folder, compared, options, file === undefined);
  for (const { parts } of compared) parts.clear();
  const report = await import("../comparisonReport.ts");
  const first = compared[0];
  if (first === undefined) return;
  const tables = compared.map(({ comparison }) => ({ comparison, shown: report.leaderboardShown(comparison) }));
  const species = compared.length === 1 ? first.comparison.species : ["X"];
  deliver(io, options, {
    lines: compared.flatMap(({ loaded, comparison }) => [
      `${loaded.title} (seed ${loaded.experiment.input.seed})`,
      report.startsSentence(comparison),
      ...report.findings(comparison),
      ...report.replacementSentence(comparison),
    ]),
    header: compared.length === 1 ? header(species) : ["system", ...report.leaderboardHeader],
    rows:
      compared.length === 1
        ? momentRows(first.comparison)
        : compared.flatMap(({ loaded, comparison }) =>
            report.leaderboardRows(comparison).map((row) => [loaded.name, ...row]),
          ),
    shownHeader: [...(compared.length === 1 ? [] : ["system"]), ...(tables[0]?.shown.header ?? [])],
    shownRows: tables.flatMap(({ comparison, shown }) =>
      shown.rows.map((row) => [...(compared.length === 1 ? [] : [comparison.title]), ...row]),
    ),
    footer: [`result: ${out}`, join(out, file === undefined ? "index.html" : "report.html")],
    json: {
      command: "compare",
      out,
      systems: compared.map(({ loaded, comparison }) => ({
        name: loaded.name,
        title: loaded.title,
        starts: comparison.starts,
        findings: report.findings(comparison),
        replacement: comparison.replacement,
        table: report
          .leaderboardRows(comparison)
          .map((row) => Object.fromEntries(report.leaderboardHeader.map((column, i) => [column, row[i]]))),
      })),
    },
  });
}

const nameOf = (file: string): string => (file.split(/[/\\]/).at(-1) ?? file).replace(/\.ya?ml$/, "");

/** Every document is read before any is run, so that a bad one is refused at once. */
async function loadAll(
  io: Io,
  wanted: readonly (string | Demo)[],
  options: LearnCommandOptions,
): Promise<LoadedExperiment[]> {
  const loaded: LoadedExperiment[] = [];
  for (const one of wanted)
    loaded.push(await experimentFile(io, typeof one === "string" ? one : one.name, settings(options), comparisons));
  return loaded;
}

async function writeComparisons(
  folder: string,
  compared: readonly Compared[],
  options: CommonOptions,
  several: boolean,
): Promise<void> {
  const { comparisonHtml, comparedData, leaderboardHeader, leaderboardMarkdown, leaderboardRows, findings } =
    await import("../comparisonReport.ts");
  const { comparisonFigures, reportPage } = await import("@dbd/figures");
  const files = new Map<string, string>();
  const timed = new Map<string, string>(); // they hold seconds, so their bytes differ from run to run
  for (const { loaded, comparison } of compared) {
    const at = several ? `${loaded.name}/` : "";
    files.set(`${at}comparison.json`, printComparison(comparison));
    files.set(`${at}moments.csv`, csvText(header(comparison.species), momentRows(comparison)));
    files.set(`${at}experiment.yaml`, loaded.text);
    for (const { name, wide } of comparisonFigures(comparedData(comparison)))
      files.set(`${at}figures/${name}.svg`, wide);
    timed.set(`${at}table.csv`, csvText(leaderboardHeader, leaderboardRows(comparison)));
    timed.set(`${at}table.md`, leaderboardMarkdown(comparison));
    timed.set(`${at}report.html`, comparisonHtml(comparison, loaded.text));
  }
  if (several)
    timed.set(
      "index.html",
      reportPage({
        title: "Every method on every bundled system",
        lead: "Closures, projected and learned Boltzmann distributions against exact truth, from starts that no fit has seen.",
        sections: compared.map(({ loaded, comparison }) => ({
          heading: loaded.title,
          text: [...(comparison.remark === undefined ? [] : [comparison.remark]), ...findings(comparison)],
          link: { text: "Its page", href: `${loaded.name}/report.html` },
        })),
      }),
    );
  const [first] = compared;
  writeResult(
    folder,
    files,
    {
      command: "compare",
      input: compared.map(({ loaded }) => loaded.experiment.input),
      seed:
        options.seed ?? (compared.length === 1 ? (first?.loaded.experiment.input.seed ?? "dbd") : "of each document"),
      method: { name: "every method of the table", why: "asked for" },
      backend: { name: "generic", why: "the only back end so far" },
      events: compared.reduce((sum, { events }) => sum + events, 0),
      workers: options.workers,
      seconds: compared.reduce((sum, { seconds }) => sum + seconds, 0),
    },
    timed,
  );
}
