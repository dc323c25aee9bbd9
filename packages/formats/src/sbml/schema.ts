import { didYouMean, SourceError, UnsupportedError } from "@dbd/numerics/errors";
import { declarations, type XmlElement } from "./xml.ts";

/** What may stand on and in one element of the core language, over all the levels we read. */
interface Shape {
  readonly attributes: readonly string[];
  readonly children: readonly string[];
}

const shape = (attributes: string, children: string = ""): Shape => ({
  attributes: ["id", "name", "metaid", "sboTerm", ...attributes.split(" ")],
  children: ["notes", "annotation", ...children.split(" ")],
});
const list = (children: string): Shape => shape("", children);

/** SBML Level 2 Version 5 §4 and Level 3 Version 2 §4, without the elements refused below. */
const shapes: ReadonlyMap<string, Shape> = new Map([
  ["sbml", shape("level version", "model")],
  [
    "model",
    shape(
      "substanceUnits timeUnits volumeUnits areaUnits lengthUnits extentUnits conversionFactor",
      "listOfFunctionDefinitions listOfUnitDefinitions listOfCompartmentTypes listOfSpeciesTypes listOfCompartments " +
        "listOfSpecies listOfParameters listOfInitialAssignments listOfRules listOfConstraints listOfReactions listOfEvents",
    ),
  ],
  ["listOfFunctionDefinitions", list("functionDefinition")],
  ["functionDefinition", list("math")],
  ["listOfUnitDefinitions", list("unitDefinition")],
  ["unitDefinition", list("listOfUnits")],
  ["listOfUnits", list("unit")],
  ["unit", shape("kind exponent scale multiplier offset")],
  ["listOfCompartmentTypes", list("compartmentType")],
  ["compartmentType", list("")],
  ["listOfSpeciesTypes", list("speciesType")],
  ["speciesType", list("")],
  ["listOfCompartments", list("compartment")],
  ["compartment", shape("spatialDimensions size units outside constant compartmentType")],
  ["listOfSpecies", list("species")],
  [
    "species",
    shape(
      "compartment initialAmount initialConcentration substanceUnits spatialSizeUnits hasOnlySubstanceUnits " +
        "boundaryCondition constant charge speciesType conversionFactor",
    ),
  ],
  ["listOfParameters", list("parameter")],
  ["parameter", shape("value units constant")],
  ["listOfInitialAssignments", list("initialAssignment")],
  ["initialAssignment", shape("symbol", "math")],
  ["listOfRules", list("algebraicRule assignmentRule rateRule")],
  ["assignmentRule", shape("variable", "math")],
  ["rateRule", shape("variable", "math")],
  ["listOfConstraints", list("constraint")],
  ["listOfReactions", list("reaction")],
  ["reaction", shape("reversible fast compartment", "listOfReactants listOfProducts listOfModifiers kineticLaw")],
  ["listOfReactants", list("speciesReference")],
  ["listOfProducts", list("speciesReference")],
  ["listOfModifiers", list("modifierSpeciesReference")],
  ["speciesReference", shape("species stoichiometry constant", "stoichiometryMath")],
  ["stoichiometryMath", list("math")],
  ["modifierSpeciesReference", shape("species")],
  ["kineticLaw", shape("timeUnits substanceUnits", "math listOfParameters listOfLocalParameters")],
  ["listOfLocalParameters", list("localParameter")],
  ["localParameter", shape("value units constant")],
  ["listOfEvents", list("event")],
  ["event", shape("useValuesFromTriggerTime timeUnits", "trigger delay priority listOfEventAssignments")],
  ["trigger", shape("initialValue persistent", "math")],
  ["delay", list("math")],
  ["priority", list("math")],
  ["listOfEventAssignments", list("eventAssignment")],
  ["eventAssignment", shape("variable", "math")],
]);

const refusedElements: ReadonlyMap<string, string> = new Map([
  ["algebraicRule", "an algebraic rule"],
  ["constraint", "a constraint"],
]);

/** Packages that only draw or group and change no result. */
const decoration: ReadonlySet<string> = new Set(["layout", "render", "groups"]);

const packageOf = (uri: string): string | undefined => /\/sbml\/level3\/version\d+\/(\w+)\/version\d+$/.exec(uri)?.[1];

function suggest(word: string, known: readonly string[]): { hint?: string } {
  const near = didYouMean(word, known);
  return near === undefined ? {} : { hint: `Did you mean "${near}"?` };
}

function refusePackage(element: XmlElement, uri: string, what: string): void {
  const name = packageOf(uri);
  if (name !== undefined && decoration.has(name)) return;
  if (name !== undefined) throw new UnsupportedError(`the SBML package "${name}"`, { place: element.place });
  throw new SourceError(element.place, `${what} belongs to the namespace "${uri}", which is not that of SBML`);
}

function checkAttributes(element: XmlElement, shape: Shape): void {
  for (const { local, uri, value } of element.attributes.values()) {
    if (uri === declarations) {
      if (packageOf(value) !== undefined) refusePackage(element, value, "");
    } else if (uri === "") {
      if (shape.attributes.includes(local)) continue;
      throw new SourceError(
        element.place,
        `unknown attribute "${local}" of <${element.local}>`,
        suggest(local, shape.attributes),
      );
    } else if (uri !== "http://www.w3.org/XML/1998/namespace" && packageOf(uri) !== undefined) {
      refusePackage(element, uri, `the attribute ${local}`);
    }
  }
}

/**
 * Walks the core elements in document order and stops at the first thing that is not of SBML or not supported.
 * @throws {SourceError} For unknown elements, attributes and stray text.   @throws {UnsupportedError} For packages and
 * for elements that change the dynamics in ways we do not simulate.
 */
export function checkSchema(element: XmlElement, core: string): void {
  const { local, place, children } = element;
  const shape = shapes.get(local)!;
  checkAttributes(element, shape);
  const stray = element.text.trim();
  if (stray !== "") throw new SourceError(place, `unexpected text "${stray.slice(0, 40)}" in <${local}>`);
  const seen = new Set<string>();
  for (const child of children) {
    const math = child.local === "math" && shape.children.includes("math");
    if (child.uri !== core && !math) {
      refusePackage(child, child.uri, `<${child.local}>`);
      continue;
    }
    if (!shape.children.includes(child.local)) {
      const problem = `unexpected element <${child.local}> in <${local}>`;
      throw new SourceError(child.place, problem, suggest(child.local, shape.children));
    }
    const refused = refusedElements.get(child.local);
    if (refused !== undefined) throw new UnsupportedError(refused, { place: child.place });
    if (seen.has(child.local) && !local.startsWith("listOf")) {
      throw new SourceError(child.place, `a second <${child.local}> in one <${local}>`);
    }
    seen.add(child.local);
    if (!math) checkSchema(child, core);
  }
}
