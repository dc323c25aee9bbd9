import { join } from "node:path";
import { type Demo, demos } from "@dbd/demos";
import type { Result } from "@dbd/experiment";
import { reportPage } from "@dbd/figures";
import { ArgumentError, didYouMean } from "@dbd/numerics/errors";
import type { Command } from "commander";
import { type CommonOptions, withCommon } from "./common.ts";
import { loadExperiment } from "./experiments.ts";
import { emit, shownPath, userPath, writeWhole } from "./files.ts";
import { accuracyRows, learnInto } from "./learn.ts";
import { sectionsOf } from "./resultFolder.ts";
import { plainText } from "./table.ts";

interface DemoOptions extends CommonOptions {
  readonly list?: boolean;
  readonly quick?: boolean;
}

/** What `--quick` changes: fewer times and steps, the same story. */
const quickly = ["optimizer.iterations=5"];

function listDemos({ json }: DemoOptions): void {
  const list = demos.map(({ name, title, file }) => ({ name, title, file }));
  if (json !== undefined) emit(json, `${JSON.stringify(list, null, 1)}\n`);
  if (json !== "-")
    process.stdout.write(`${list.map(({ name, title }) => `${name.padEnd(16)} ${title}`).join("\n")}\n`);
}

function chosenDemos(name: string | undefined): readonly Demo[] {
  if (name === undefined) return demos.filter(({ showcase }) => showcase);
  const found = demos.filter((demo) => demo.name === name);
  if (found.length > 0) return found;
  const names = demos.map((demo) => demo.name);
  const near = didYouMean(name, names);
  throw new ArgumentError("demo", `there is no demo "${name}"; expected one of ${names.join(", ")}`, {
    hint: near === undefined ? undefined : `Did you mean "${near}"?`,
  });
}

/** Learned and analytic, held-out starts only: what a visitor should look at. */
function story(demo: Demo, result: Result): string {
  const table = accuracyRows(result);
  const rows = table.rows.filter(
    (row) => row[2] === "held out" || !table.rows.some((other) => other[2] === "held out"),
  );
  return `${demo.title}\n${plainText({ columns: table.columns, rows })}\n`;
}

async function demo(name: string | undefined, options: DemoOptions): Promise<void> {
  if (options.list === true) {
    listDemos(options);
    return;
  }
  const folder = userPath(options.out ?? join("results", "demo"));
  const results: Result[] = [];
  for (const chosen of chosenDemos(name)) {
    process.stderr.write(`${chosen.title} …\n`);
    const loaded = await loadExperiment(chosen.name, options.seed, options.quick === true ? quickly : []);
    const result = await learnInto(loaded, join(folder, chosen.name), options);
    process.stdout.write(story(chosen, result));
    results.push({ ...result, title: chosen.title });
  }
  const page = join(folder, "report.html");
  const several = results.length > 1;
  const sections = results.flatMap((result) => sectionsOf(result, several ? `${result.title.split(":")[0]}: ` : ""));
  writeWhole(
    page,
    reportPage({ title: several ? "Dynamic Boltzmann distributions" : (results[0]?.title ?? ""), sections }),
  );
  process.stdout.write(`report: ${shownPath(page)}\n`);
}

export function registerDemo(program: Command): void {
  withCommon(program.command("demo").argument("[name]", "a bundled experiment; the showcase when left out"))
    .description("the bundled experiments")
    .option("--list", "list them (with --json - for programs)")
    .option("--quick", "fewer iterations")
    .action(demo);
}
