import { type Network, parseNetwork } from "@dbd/cme";
import { ArgumentError } from "@dbd/numerics/errors";
import type { Experiment } from "./document.ts";

/** Gives the text of a file, path relative to the experiment document; rejects when there is none. */
export type FileReader = (path: string) => Promise<string>;

/** What a model may be written in: SBML, BioNetGen's .net, Antimony, or the project's own text. */
export type ModelFormat = "sbml" | "net" | "antimony" | "dbd";

/** What a model file is written in, by extension and, failing that, by content. */
export function modelFormat(path: string, text: string): ModelFormat {
  const extension = /\.(xml|sbml|net|ant|dbd)$/i.exec(path)?.[1].toLowerCase();
  if (extension === "xml" || extension === "sbml") return "sbml";
  if (extension === "net" || extension === "dbd") return extension;
  if (extension === "ant") return "antimony";
  if (/^\uFEFF?\s*<(\?xml|sbml)/.test(text)) return "sbml";
  return /^\s*begin (model|parameters)\s*$/m.test(text) ? "net" : "dbd";
}

export interface ModelOptions {
  /** `any`: initial amounts may be fractions, for rate equations and for other formats. */
  readonly amounts?: "whole" | "any";
  /** Observables of a .net as assignments: those that rates need, or all. */
  readonly observables?: "needed" | "all";
}

/**
 * Reads a model. The reader of its format is loaded only when it is needed.
 * @throws SourceError for a bad model; UnsupportedError for what we do not simulate.
 */
export async function parseModel(text: string, path: string, options: ModelOptions = {}): Promise<Network> {
  const { amounts = "whole", observables = "needed" } = options;
  switch (modelFormat(path, text)) {
    case "sbml":
      return (await import("@dbd/formats/sbml")).readSbml(text, { file: path, amounts });
    case "antimony":
      return (await import("@dbd/formats/antimony")).readAntimony(text, { file: path, amounts });
    case "net":
      return (await import("@dbd/formats/net")).readNet(text, { file: path, amounts, observables });
    default:
      return parseNetwork(text, { file: path });
  }
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

/** The compartment of every species, by name; empty for formats without compartments. */
export async function modelCompartments(text: string, path: string): Promise<ReadonlyMap<string, string>> {
  const format = modelFormat(path, text);
  if (format === "sbml") return (await import("@dbd/formats/sbml")).sbmlCompartments(text, { file: path });
  if (format === "antimony") return (await import("@dbd/formats/antimony")).antimonyCompartments(text, { file: path });
  return new Map();
}
