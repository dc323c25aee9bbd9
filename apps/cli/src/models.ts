import { extname } from "node:path";
import { type Network, parseNetwork } from "@dbd/cme";
import { readSbml } from "@dbd/formats/sbml";
import { ArgumentError, UnsupportedError } from "@dbd/numerics/errors";
import { readText, shownPath, userPath } from "./files.ts";

const later: Readonly<Record<string, string>> = { ".net": "BioNetGen .net input", ".ant": "Antimony input" };

/** Reads a model by its extension and content: SBML or our own text. */
export function readModel(path: string): Network {
  const absolute = userPath(path);
  const file = shownPath(absolute);
  const extension = extname(path).toLowerCase();
  const feature = later[extension];
  if (feature !== undefined) throw new UnsupportedError(feature, { place: { file, line: 1, column: 1 } });
  const text = readText(absolute);
  if (extension === ".xml" || extension === ".sbml" || /^\s*<\?xml/.test(text)) return readSbml(text, { file });
  if (extension === ".yaml" || extension === ".yml") {
    throw new ArgumentError(file, "is an experiment document, not a model", {
      hint: "dbd check, learn and gradient read it",
    });
  }
  return parseNetwork(text, { file });
}
