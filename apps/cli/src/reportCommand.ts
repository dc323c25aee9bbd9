import { join } from "node:path";
import { reportPage } from "@dbd/figures";
import { ArgumentError } from "@dbd/numerics/errors";
import type { Command } from "commander";
import { type CommonOptions, withCommon } from "./common.ts";
import { refuseOverwrite, shownPath, userPath, writeWhole } from "./files.ts";
import { readResult, resultFiles, sectionsOf } from "./resultFolder.ts";

function report(folders: readonly string[], options: CommonOptions): void {
  const results = folders.map((folder) => ({ folder: userPath(folder), result: readResult(userPath(folder)) }));
  const [only] = results;
  if (only !== undefined && results.length === 1 && options.out === undefined) {
    // The same bytes that learn wrote: figures are functions of the result alone.
    const files = resultFiles(only.result, only.result.title);
    files.delete("result.json");
    for (const [name, content] of files) writeWhole(join(only.folder, name), content);
    process.stdout.write(`report: ${shownPath(join(only.folder, "report.html"))}\n`);
    return;
  }
  if (options.out === undefined) {
    throw new ArgumentError("--out", "is missing", { hint: "Several results need a folder for their common report" });
  }
  const path = join(userPath(options.out), "report.html");
  refuseOverwrite(path, options.force === true);
  const sections = results.flatMap(({ result }) => sectionsOf(result, `${result.title}: `));
  writeWhole(path, reportPage({ title: results.map(({ result }) => result.title).join(" · "), sections }));
  process.stdout.write(`report: ${shownPath(path)}\n`);
}

export function registerReport(program: Command): void {
  withCommon(program.command("report").argument("<results...>", "result folders"))
    .description("figures and report again, or several results in one report (--out)")
    .action(report);
}
