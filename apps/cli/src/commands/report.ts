import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { parseComparison, parseResult } from "@dbd/experiment";
import { resultFigures } from "@dbd/figures";
import { comparisonHtml } from "../comparisonReport.ts";
import { usage } from "../failure.ts";
import { checkFree, readText, userPath, writeFile } from "../files.ts";
import type { Io } from "../io.ts";
import type { CommonOptions } from "../options.ts";
import { type ReportPart, reportHtml } from "../report.ts";

/** Figures and report again, of one result in its own folder or of several side by side in --out. */
export function reportCommand(io: Io, folders: readonly string[], options: CommonOptions): void {
  const [alone] = folders;
  if (folders.length === 1 && alone !== undefined && existsSync(join(userPath(alone, io), "comparison.json"))) {
    comparisonAgain(io, alone, options);
    return;
  }
  const parts = folders.map((folder): ReportPart => {
    const path = userPath(folder, io);
    const file = join(path, "result.json");
    if (!existsSync(file))
      throw usage(`${folder}: found no result.json; expected a result folder, as dbd learn writes it`);
    const document = join(path, "experiment.yaml");
    const text = existsSync(document) ? readText(document) : undefined;
    const result = parseResult(readText(file), join(folder, "result.json"));
    return { title: folders.length === 1 ? result.title : basename(path), result, document: text };
  });
  const [first] = parts;
  if (first === undefined) throw usage("report: found no result; expected one or more result folders");
  if (parts.length > 1 && options.out === undefined)
    throw usage("report: found several results and no --out; expected a folder for the common report");
  const out = options.out ?? folders[0] ?? ".";
  const folder = userPath(out, io);
  const page = join(folder, "report.html");
  if (options.out !== undefined) checkFree(page, options.force);
  if (parts.length === 1)
    for (const { name, svg } of resultFigures(first.result)) writeFile(join(folder, "figures", `${name}.svg`), svg);
  const title = parts.length === 1 ? first.title : parts.map((part) => part.title).join(", ");
  writeFile(page, reportHtml(title, parts.length === 1 ? undefined : "Several results side by side.", parts));
  io.stdout(`${join(out, "report.html")}\n`);
}

/** The page of a comparison again. What the methods took is not kept: its seconds are left open. */
function comparisonAgain(io: Io, folder: string, options: CommonOptions): void {
  const path = userPath(folder, io);
  const comparison = parseComparison(readText(join(path, "comparison.json")), join(folder, "comparison.json"));
  const document = join(path, "experiment.yaml");
  const out = options.out ?? folder;
  const page = join(userPath(out, io), "report.html");
  if (options.out !== undefined) checkFree(page, options.force);
  writeFile(page, comparisonHtml(comparison, existsSync(document) ? readText(document) : undefined));
  io.stdout(`${join(out, "report.html")}\n`);
}
