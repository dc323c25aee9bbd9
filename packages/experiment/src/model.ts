import { type Network, parseNetwork } from "@dbd/cme";
import { ArgumentError } from "@dbd/numerics/errors";
import type { Experiment } from "./document.ts";

/** Gives the text of a file, path relative to the experiment document; rejects when there is none. */
export type FileReader = (path: string) => Promise<string>;

/** What a model file is written in, by extension and, failing that, by content. */
function formatOf(path: string, text: string): "sbml" | "dbd" {
  if (/\.(xml|sbml)$/i.test(path)) return "sbml";
  return /^\s*<(\?xml|sbml)/.test(text) ? "sbml" : "dbd";
}

/**
 * Reads a model: SBML or the project's own text. The SBML reader is loaded only when it is needed.
 * @throws SourceError for a bad model; UnsupportedError for what we do not simulate.
 */
export async function parseModel(text: string, path: string): Promise<Network> {
  if (formatOf(path, text) === "dbd") return parseNetwork(text, { file: path });
  const { readSbml } = await import("@dbd/formats/sbml");
  return readSbml(text, { file: path });
}

/** Reads the model that an experiment names, or its own text. */
export async function readModel(experiment: Experiment, read: FileReader): Promise<Network> {
  const model = experiment.model();
  if ("text" in model) return parseModel(model.text, `${experiment.file ?? "experiment"} (model)`);
  let text: string;
  try {
    text = await read(model.path);
  } catch (cause) {
    if (cause instanceof ArgumentError) throw cause;
    throw experiment.refuse(
      ["model"],
      `found ${experiment.input.model}, which cannot be read; expected a model file`,
      "Paths are relative to the document",
    );
  }
  return parseModel(text, model.path);
}
