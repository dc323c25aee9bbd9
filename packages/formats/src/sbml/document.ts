import { SourceError, UnsupportedError } from "@dbd/numerics/errors";
import type { SourceModel } from "../model/source.ts";
import { textOf } from "./attributes.ts";
import { readModel } from "./model.ts";
import { checkSchema } from "./schema.ts";
import { readXml, type XmlElement } from "./xml.ts";

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
export function readDocument(text: string, file: string | undefined): SourceModel {
  const root = readXml(text, file);
  const level = levelOf(root);
  checkSchema(root, root.uri);
  const model = root.children.find((child) => child.local === "model");
  if (model === undefined) throw new SourceError(root.place, "the document holds no <model>");
  return readModel(model, level);
}
