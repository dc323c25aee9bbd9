import { extname } from "node:path";
import type { Network } from "@dbd/cme";
import { parseModel } from "@dbd/experiment/model";
import { usage } from "../failure.ts";
import { checkFree, userPath, writeFile } from "../files.ts";
import type { FormatName } from "../formatNames.ts";
import type { Io } from "../io.ts";
import { type ModelText, modelText } from "../modelFile.ts";
import type { CommonOptions } from "../options.ts";

export interface ConvertCommandOptions extends CommonOptions {
  readonly to?: FormatName;
}

const byExtension: Readonly<Record<string, FormatName>> = {
  ".xml": "sbml",
  ".sbml": "sbml",
  ".net": "net",
  ".ant": "antimony",
  ".dbd": "dbd",
  ".txt": "dbd",
};

function formatOf(out: string | undefined, { to }: ConvertCommandOptions): FormatName {
  if (to !== undefined) return to;
  if (out === undefined) throw usage("convert: found no format; expected --to sbml, net, antimony or dbd, or a file");
  const found = byExtension[extname(out).toLowerCase()];
  if (found !== undefined) return found;
  throw usage(`${out}: found no extension of a model; expected .xml, .sbml, .net, .ant or .dbd. Try --to sbml`);
}

/** What people call the species of a .net: their patterns. */
async function patternsOf({ text, file, format }: ModelText, network: Network): Promise<ReadonlyMap<string, string>> {
  if (format !== "net") return new Map();
  const { readBioNetGen } = await import("@dbd/formats/net");
  const { patterns } = readBioNetGen(text, { file, amounts: "any" });
  return new Map(network.species.map((name, s) => [name, patterns[s] ?? name]));
}

async function written(model: ModelText, network: Network, to: FormatName): Promise<string> {
  switch (to) {
    case "sbml": {
      const names = await patternsOf(model, network);
      return (await import("@dbd/formats/sbml")).writeSbml(network, { names });
    }
    case "net":
      return (await import("@dbd/formats/net")).writeNet(network);
    case "antimony":
      return (await import("@dbd/formats/antimony")).writeAntimony(network);
    default:
      return (await import("@dbd/formats/dbd")).writeDbd(network);
  }
}

/** Writes a model in another format, to a file or stdout. */
export async function convertCommand(
  io: Io,
  file: string,
  out: string | undefined,
  options: ConvertCommandOptions,
): Promise<void> {
  const to = formatOf(out, options);
  if (out !== undefined && out !== "-") checkFree(userPath(out, io), options.force);
  const model = modelText(io, file);
  // Our own text is a stochastic model: its amounts are counts.
  const network = await parseModel(model.text, file, { amounts: to === "dbd" ? "whole" : "any", observables: "all" });
  const text = await written(model, network, to);
  if (out === undefined || out === "-") io.stdout(text);
  else {
    writeFile(userPath(out, io), text);
    if (!options.quiet) io.stderr(`${file} is written to ${out}\n`);
  }
}
