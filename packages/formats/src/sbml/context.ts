import { type SourcePlace, UnsupportedError } from "@dbd/numerics/errors";
import type { UserFunctions } from "../model/functions.ts";
import type { SourceFormula, SourceQuantity } from "../model/source.ts";
import { readMath } from "./mathml.ts";
import type { XmlElement } from "./xml.ts";

/** What the parts of one document share. */
export interface Context {
  readonly level: number;
  readonly functions: UserFunctions;
  /** Every identifier that is taken; grows by the global names of local parameters. */
  readonly places: Map<string, SourcePlace>;
  /** Local parameters under their global names. */
  readonly locals: Map<string, SourceQuantity>;
}

/** The formula of an element that must have one. */
export function formulaOf(element: XmlElement, { functions }: Context): SourceFormula {
  const math = element.children.find((child) => child.local === "math");
  if (math === undefined) throw new UnsupportedError(`<${element.local}> without a formula`, { place: element.place });
  return { value: readMath(math, functions), place: math.place };
}
