import { dirname, resolve } from "node:path";
import type { Network } from "@dbd/cme";
import { demos } from "@dbd/demos";
import { type Experiment, readExperiment, readModel } from "@dbd/experiment";
import { readText, shownPath, userPath } from "./files.ts";

export interface LoadedExperiment {
  /** File name or demo name, for folders and titles. */
  readonly name: string;
  readonly title: string;
  readonly experiment: Experiment;
  readonly network: Network;
}

/** The document that an argument names: a bundled demo, or a file. */
export function documentPath(argument: string): {
  readonly path: string;
  readonly name: string;
  readonly title: string;
} {
  const bundled = demos.find(({ name }) => name === argument);
  if (bundled !== undefined) return { path: bundled.file, name: bundled.name, title: bundled.title };
  const name = argument.replace(/^.*[\\/]/, "").replace(/\.(ya?ml|json)$/i, "");
  return { path: userPath(argument), name, title: name };
}

/** Reads an experiment and its model. @param set - `path=value` overrides. */
export async function loadExperiment(
  argument: string,
  seed: string | undefined,
  set: readonly string[] = [],
): Promise<LoadedExperiment> {
  const { path, name, title } = documentPath(argument);
  const experiment = readExperiment(readText(path), {
    file: shownPath(path),
    env: process.env,
    set: seed === undefined ? set : [...set, `seed=${JSON.stringify(seed)}`],
  });
  const network = await readModel(experiment, async (model) => readText(resolve(dirname(path), model)));
  return { name, title, experiment, network };
}

/** Collects a flag that may be given several times. */
export const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];
