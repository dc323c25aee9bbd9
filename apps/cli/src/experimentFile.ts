import { existsSync } from "node:fs";
import { basename, dirname, extname, resolve } from "node:path";
import type { Network } from "@dbd/cme";
import { type Demo, demos } from "@dbd/demos";
import { type Experiment, readExperiment, readModel } from "@dbd/experiment";
import { didYouMean } from "@dbd/numerics/errors";
import { usage } from "./failure.ts";
import { readText, userPath } from "./files.ts";
import type { Io } from "./io.ts";

/** An experiment that can run. */
export interface LoadedExperiment {
  /** The demo's name or the file's, without extension. */
  readonly name: string;
  readonly title: string;
  /** The document as written, overrides of the command line as comments at its end. */
  readonly text: string;
  readonly experiment: Experiment;
  readonly network: Network;
}

/** A file, or the name of a bundled demo; `first` are looked at before the others. */
export async function experimentFile(
  io: Io,
  nameOrFile: string,
  set: readonly string[] = [],
  first: readonly Demo[] = [],
): Promise<LoadedExperiment> {
  const bundled = [...first, ...demos];
  const path = userPath(nameOrFile, io);
  const demo = existsSync(path) ? undefined : bundled.find(({ name }) => name === nameOrFile);
  if (demo === undefined && !existsSync(path)) {
    const near = didYouMean(
      nameOrFile,
      bundled.map(({ name }) => name),
    );
    throw usage(
      `${nameOrFile}: found neither a file nor a demo of that name; expected an experiment document. ${near === undefined ? "dbd demo --list shows the bundled ones." : `Did you mean "${near}"?`}`,
    );
  }
  const source = demo?.file ?? path;
  if ([".xml", ".sbml", ".dbd"].includes(extname(source)))
    throw usage(
      `${nameOrFile}: found a model; expected an experiment document (.yaml). Try dbd simulate ${nameOrFile}`,
    );
  const text = readText(source);
  const shown = demo === undefined ? nameOrFile : `${demo.name}.yaml`;
  const experiment = readExperiment(text, { file: shown, env: io.env, set });
  const network = await readModel(experiment, async (file) => readText(resolve(dirname(source), file)));
  const name = basename(source, extname(source));
  const overrides = set.map((setting) => `# --set ${setting}\n`).join("");
  return { name, title: demo?.title ?? name, text: `${text.trimEnd()}\n${overrides}`, experiment, network };
}
