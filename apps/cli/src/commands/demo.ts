import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Demo, demos } from "@dbd/demos";
import { didYouMean } from "@dbd/numerics/errors";
import { accuracyHeader, accuracyRows, accuracySummary } from "../accuracy.ts";
import { checkTargets, deliver } from "../deliver.ts";
import { experimentFile } from "../experimentFile.ts";
import { usage } from "../failure.ts";
import { openFolder, readText, userPath } from "../files.ts";
import type { Io } from "../io.ts";
import { writeResult } from "../manifest.ts";
import { finding, reportHtml, type ReportPart } from "../report.ts";
import { resultFiles } from "../resultFolder.ts";
import { type Learned, learnInto, type LearnCommandOptions, settings } from "./learn.ts";

export interface DemoCommandOptions extends LearnCommandOptions {
  readonly quick: boolean;
  readonly list: boolean;
}

const QUICK = ["optimizer.iterations=3"];

export async function demoCommand(io: Io, name: string | undefined, options: DemoCommandOptions): Promise<void> {
  if (options.list) {
    listDemos(io, options);
    return;
  }
  const wanted = name === undefined ? demos.filter(({ showcase }) => showcase) : [demoNamed(name)];
  const out = options.out ?? join("results", name ?? "demo");
  const folder = userPath(out, io);
  checkTargets(io, options);
  // The default folder belongs to this command: an earlier demo there is replaced.
  openFolder(folder, { ...options, force: options.force || (options.out === undefined && isDemo(folder)) });
  const set = [...settings(options), ...(options.quick ? QUICK : [])];
  const learned: Learned[] = [];
  for (const { name: id } of wanted)
    learned.push(await learnInto(io, join(folder, id), await experimentFile(io, id, set), options));
  const files = new Map<string, string>();
  const parts = learned.map(
    ({ loaded, result }): ReportPart => ({ title: loaded.title, result, document: loaded.text }),
  );
  for (const { loaded, result } of learned) {
    for (const [file, text] of resultFiles(result)) files.set(`${loaded.name}/${file}`, text);
    files.set(`${loaded.name}/experiment.yaml`, loaded.text);
  }
  const title =
    parts.length === 1
      ? (parts[0]?.title ?? "")
      : "Dynamic Boltzmann distributions: learning how a reduced model moves";
  const lead =
    parts.length === 1
      ? undefined
      : "A stochastic reaction network is reduced to a Boltzmann distribution with one or two interactions ν. How ν moves, dν/dt = F(ν), is learned from the network's own distributions, and tested from starts that the learning never saw.";
  files.set("report.html", reportHtml(title, lead, parts));
  writeResult(folder, files, {
    command: "demo",
    input: learned.map(({ loaded }) => loaded.experiment.input),
    seed: options.seed ?? "of each document",
    method: {
      name: learned.map(({ loaded }) => loaded.experiment.input.optimizer.method).join(", "),
      why: "the documents' optimizers",
    },
    backend: { name: "generic", why: "the only back end so far" },
    events: learned.reduce((sum, { events }) => sum + events, 0),
    workers: options.workers,
    seconds: learned.reduce((sum, { seconds }) => sum + seconds, 0),
  });
  const accuracy = learned.flatMap(({ loaded, result }) => result.accuracy.map((row) => ({ name: loaded.name, row })));
  const shown = learned.map(({ loaded, result }) => ({ name: loaded.name, table: accuracySummary(result.accuracy) }));
  deliver(io, options, {
    lines: parts.map((part) => `${part.title}\n  ${finding(part)}`),
    header: ["experiment", ...accuracyHeader],
    rows: accuracy.flatMap(({ name: id, row }) => accuracyRows([row]).map((cells) => [id, ...cells])),
    shownHeader: ["experiment", ...(shown[0]?.table.header ?? [])],
    shownRows: shown.flatMap(({ name: id, table }) => table.rows.map((cells) => [id, ...cells])),
    footer: [`result: ${folder}`, join(folder, "report.html")],
    json: {
      command: "demo",
      out: folder,
      report: join(folder, "report.html"),
      experiments: learned.map(({ loaded, result }) => ({ name: loaded.name, accuracy: result.accuracy })),
    },
  });
}

function listDemos(io: Io, options: DemoCommandOptions): void {
  deliver(io, options, {
    lines: [],
    header: ["name", "title", "file"],
    rows: demos.map(({ name, title, file }) => [name, title, file]),
    shownHeader: ["name", "title"],
    shownRows: demos.map(({ name, title }) => [name, title]),
    json: demos.map(({ name, title, file }) => ({ name, title, file })),
  });
}

function demoNamed(name: string): Demo {
  const found = demos.find((demo) => demo.name === name);
  if (found !== undefined) return found;
  const names = demos.map((demo) => demo.name);
  const near = didYouMean(name, names);
  throw usage(
    `found no demo "${name}"; expected one of ${names.join(", ")}${near === undefined ? "" : `. Did you mean "${near}"?`}`,
  );
}

function isDemo(folder: string): boolean {
  const manifest = join(folder, "manifest.json");
  if (!existsSync(manifest)) return false;
  return (JSON.parse(readText(manifest)) as { command?: unknown }).command === "demo";
}
