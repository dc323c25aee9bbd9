import { SourceError, UnsupportedError } from "@dbd/numerics/errors";
import { listIn, textOf } from "./attributes.ts";
import { type Declarations, readDeclarations } from "./model.ts";
import { createContext, readReaction, type SbmlReaction } from "./reaction.ts";
import { checkSchema } from "./schema.ts";
import { readXml, type XmlElement } from "./xml.ts";

/** A model with every name resolved: what an importer for any simulator needs. */
export interface SbmlModel {
  readonly declared: Declarations;
  /** Values of parameters, local parameters (as reaction_parameter) and compartment sizes. */
  readonly values: ReadonlyMap<string, number>;
  readonly reactions: readonly SbmlReaction[];
}

/** Level and version by namespace. Level 2 Version 3 differs from Version 4 in nothing that concerns us. */
const levels: ReadonlyMap<string, readonly [level: number, version: number]> = new Map([
  ["http://www.sbml.org/sbml/level2/version3", [2, 3]],
  ["http://www.sbml.org/sbml/level2/version4", [2, 4]],
  ["http://www.sbml.org/sbml/level2/version5", [2, 5]],
  ["http://www.sbml.org/sbml/level3/version1/core", [3, 1]],
  ["http://www.sbml.org/sbml/level3/version2/core", [3, 2]],
]);

function levelOf(root: XmlElement): number {
  const level = textOf(root, "level");
  const version = textOf(root, "version");
  const known = levels.get(root.uri);
  if (root.local !== "sbml" || (known === undefined && !root.uri.startsWith("http://www.sbml.org/sbml/level"))) {
    throw new SourceError(root.place, `<${root.local}> of the namespace "${root.uri}" is no SBML document`);
  }
  if (known === undefined) {
    throw new UnsupportedError(`SBML Level ${level ?? "?"} Version ${version ?? "?"}`, {
      place: root.place,
      hint: "Level 2 from Version 3 on and Level 3 are read; libSBML converts the others",
    });
  }
  if (level !== `${known[0]}` || version !== `${known[1]}`) {
    const claim = `level="${level ?? ""}" version="${version ?? ""}"`;
    throw new SourceError(root.place, `${claim} does not agree with the namespace "${root.uri}"`);
  }
  return known[0];
}

/** Reads and checks a whole document. @throws {SourceError | UnsupportedError} With the place of what does not fit. */
export function readDocument(text: string, file: string | undefined): SbmlModel {
  const root = readXml(text, file);
  const level = levelOf(root);
  checkSchema(root, root.uri);
  const model = root.children.find((child) => child.local === "model");
  if (model === undefined) throw new SourceError(root.place, "the document holds no <model>");
  const declared = readDeclarations(model, level);
  const context = createContext(level, declared);
  const elements = listIn(model, "listOfReactions", "reaction");
  const reactions = elements.map((element) => readReaction(element, context));
  return { declared, values: context.values, reactions };
}
