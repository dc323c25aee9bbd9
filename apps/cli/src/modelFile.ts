import { existsSync } from "node:fs";
import { extname } from "node:path";
import type { Network } from "@dbd/cme";
import { parseModel } from "@dbd/experiment/model";
import { UnsupportedError } from "@dbd/numerics/errors";
import { usage } from "./failure.ts";
import { readText, userPath } from "./files.ts";
import type { Io } from "./io.ts";

const planned: Readonly<Record<string, string>> = {
  ".net": "a BioNetGen network (.net)",
  ".ant": "an Antimony model (.ant)",
};

/** Reads a model file: SBML or the project's own text. */
export async function modelFile(io: Io, file: string): Promise<Network> {
  const path = userPath(file, io);
  if (!existsSync(path)) throw usage(`${file}: found no such file; expected a model (.dbd, .xml or .sbml)`);
  const extension = extname(path).toLowerCase();
  const unsupported = planned[extension];
  if (unsupported !== undefined) throw new UnsupportedError(unsupported, { hint: "Give the model as SBML or .dbd" });
  if (extension === ".yaml" || extension === ".yml")
    throw usage(`${file}: found an experiment; expected a model. Try dbd learn ${file}, or name its model`);
  return parseModel(readText(path), file);
}
