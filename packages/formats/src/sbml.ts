import type { Network } from "@dbd/cme";
import { assemble, type AssembleOptions, compartmentsOf } from "./model/assemble.ts";
import { readDocument } from "./sbml/document.ts";

export { writeSbml, type WriteSbmlOptions } from "./sbml/write.ts";

/** What may be said about an SBML text. */
export interface SbmlOptions extends AssembleOptions {
  /** The name of the file, for messages. */
  readonly file?: string;
}

/**
 * Reads an SBML document (Level 2 Version 3–5, Level 3 core Version 1–2) as a stochastic reaction network: amounts are
 * copy numbers, kinetic laws propensities in s⁻¹. Rate equations of it want the convention "falling factorial", which
 * takes laws as they are written. Hucka et al. 2003, doi:10.1093/bioinformatics/btg015; SBML Level 3 Version 2 Core,
 * doi:10.1515/jib-2017-0081.
 * @throws {SourceError} For a bad document.   @throws {UnsupportedError} For what we do not simulate. Both say where.
 */
export function readSbml(text: string, { file, ...options }: SbmlOptions = {}): Network {
  return assemble(readDocument(text, file), options);
}

/** The compartment of every species of an SBML document, whose size is a parameter or a rule of the network. */
export function sbmlCompartments(text: string, { file }: SbmlOptions = {}): ReadonlyMap<string, string> {
  return compartmentsOf(readDocument(text, file));
}
