import { existsSync } from "node:fs";
import { extname } from "node:path";
import type { Network } from "@dbd/cme";
import { type ModelFormat, modelFormat, type ModelOptions, parseModel } from "@dbd/experiment/model";
import { usage } from "./failure.ts";
import { readText, userPath } from "./files.ts";
import type { Io } from "./io.ts";

/** A model file, read but not yet taken apart. */
export interface ModelText {
  readonly text: string;
  /** As the user wrote it. */
  readonly file: string;
  readonly format: ModelFormat;
}

/** Reads a model file of any format. */
export function modelText(io: Io, file: string): ModelText {
  const path = userPath(file, io);
  if (!existsSync(path)) throw usage(`${file}: found no such file; expected a model (.dbd, .xml, .sbml, .net or .ant)`);
  const extension = extname(path).toLowerCase();
  if (extension === ".yaml" || extension === ".yml")
    throw usage(`${file}: found an experiment; expected a model. Try dbd learn ${file}, or name its model`);
  const text = readText(path);
  return { text, file, format: modelFormat(file, text) };
}

/** Reads a model file: SBML, BioNetGen's .net, Antimony or the project's own text. */
export async function modelFile(io: Io, file: string, options: ModelOptions = {}): Promise<Network> {
  const { text } = modelText(io, file);
  return parseModel(text, file, options);
}
