import { compile, type Network, parseNetwork, printNetwork } from "@dbd/cme";
import { compileExpression, printExpression } from "@dbd/cme/expression";
import { expect, test } from "vitest";
import { readSbml } from "./sbml.ts";

const math = (inside: string): string => `<math xmlns="http://www.w3.org/1998/Math/MathML">${inside}</math>`;
const ci = (name: string): string => `<ci>${name}</ci>`;
const cn = (value: number): string => `<cn>${value}</cn>`;
const apply = (op: string, ...args: readonly string[]): string => `<apply><${op}/>${args.join("")}</apply>`;
const call = (name: string, ...args: readonly string[]): string => `<apply>${ci(name)}${args.join("")}</apply>`;
const time = '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/time">t</csymbol>';

/** Lists of a Level 3 model in their order; V of size 4 is the home of the concentration B and the amount A. */
interface Lists {
  readonly functions?: string;
  readonly species?: string;
  readonly parameters?: string;
  readonly starts?: string;
  readonly rules?: string;
  readonly reactions?: string;
  readonly events?: string;
  readonly home?: string;
  readonly factor?: string;
}
const list = (name: string, inside: string | undefined): string =>
  inside === undefined ? "" : `<${name}>${inside}</${name}>`;
const species = (id: string, more: string): string => `<species id="${id}" compartment="V" constant="false" ${more}/>`;
const amounts = [
  species("A", 'initialAmount="10" hasOnlySubstanceUnits="true" boundaryCondition="false"'),
  species("B", 'initialConcentration="2" hasOnlySubstanceUnits="false" boundaryCondition="false"'),
  species("C", 'initialConcentration="1" hasOnlySubstanceUnits="false" boundaryCondition="false"'),
].join("");
const parameter = (id: string, value?: number, constant = true): string =>
  `<parameter id="${id}"${value === undefined ? "" : ` value="${value}"`} constant="${constant}"/>`;

function read(lists: Lists): Network {
  const text = `<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2"><model ${lists.factor ?? ""}>
${list("listOfFunctionDefinitions", lists.functions)}
<listOfCompartments>${lists.home ?? '<compartment id="V" size="4" constant="true"/>'}</listOfCompartments>
<listOfSpecies>${lists.species ?? amounts}</listOfSpecies>
${list("listOfParameters", lists.parameters)}${list("listOfInitialAssignments", lists.starts)}
${list("listOfRules", lists.rules)}${list("listOfReactions", lists.reactions)}${list("listOfEvents", lists.events)}</model></sbml>`;
  const network = readSbml(text, { file: "model.xml" });
  compile(network, { dynamics: true });
  return network;
}

const reaction = (law: string, more: { sides?: string; reversible?: boolean; id?: string } = {}): string =>
  `<reaction id="${more.id ?? "r"}" reversible="${more.reversible ?? false}">${more.sides ?? ""}<kineticLaw>${math(law)}</kineticLaw></reaction>`;
const reference = (name: string, more = 'stoichiometry="1"'): string =>
  `<speciesReference species="${name}" ${more} constant="true"/>`;
const takes = (...references: readonly string[]): string => list("listOfReactants", references.join(""));
const makes = (...references: readonly string[]): string => list("listOfProducts", references.join(""));

/** Lines of our own text without those that declare species and parameters. */
const shown = (network: Network): string =>
  printNetwork(network)
    .split("\n")
    .filter((line) => !/^(species|boundary|\w+ =)/.test(line))
    .join("\n")
    .trim();

test("function definitions are put in, in whatever order they stand, with arguments of their own names", () => {
  const lambda = (names: readonly string[], body: string): string =>
    math(`<lambda>${names.map((name) => `<bvar>${ci(name)}</bvar>`).join("")}${body}</lambda>`);
  const functions = [
    `<functionDefinition id="outer">${lambda(["A"], call("inner", ci("A"), cn(2)))}</functionDefinition>`,
    `<functionDefinition id="inner">${lambda(["x", "y"], apply("power", ci("x"), ci("y")))}</functionDefinition>`,
  ].join("");
  const network = read({ functions, reactions: reaction(call("outer", apply("plus", ci("A"), cn(1)))) });
  expect(shown(network)).toBe("r: 0 -> 0 @ = (A + 1)^2");
});

test("initial assignments set amounts, concentrations, sizes and parameters, those of constants as formulas", () => {
  const starts = [
    ["A", apply("times", cn(3), ci("q"))],
    ["B", ci("q")],
    ["V", apply("plus", ci("q"), cn(3))],
    ["q", apply("divide", ci("p"), cn(2))],
    ["z", ci("A")],
  ].map(([name, formula]) => `<initialAssignment symbol="${name}">${math(formula)}</initialAssignment>`);
  const network = read({
    parameters: parameter("p", 4) + parameter("q") + parameter("z"),
    starts: starts.join(""),
  });
  expect(network.initial).toEqual([6, 10, 5]); // q = 2, V = 5: B = 2·5, C = 1·5
  expect(printExpression(network.parameters.get("q") as never)).toBe("p / 2");
  expect(network.parameters.get("z")).toBe(6);
});

test("rules of concentrations become rules of amounts, also where the size moves", () => {
  const rules = [
    `<assignmentRule variable="C">${math(apply("times", cn(2), ci("B")))}</assignmentRule>`,
    `<rateRule variable="V">${math(ci("k"))}</rateRule>`,
    `<rateRule variable="B">${math(apply("minus", ci("B")))}</rateRule>`,
    `<assignmentRule variable="y">${math(apply("plus", ci("A"), time))}</assignmentRule>`,
  ].join("");
  const network = read({
    home: '<compartment id="V" size="4" constant="false"/>',
    parameters: parameter("k", 0.5) + parameter("y", undefined, false),
    rules,
    reactions: reaction(apply("times", ci("y"), ci("A")), { sides: takes(reference("A")) }),
  });
  expect([...network.assignments!].map(([name, rule]) => `${name} := ${printExpression(rule)}`)).toEqual([
    "C := (2 * (B / V)) * V",
    "y := A + time",
  ]);
  const slope = network.rateRules!.get("B")!;
  const at = new Map([
    ["B", 8],
    ["V", 4],
    ["k", 0.5],
  ]);
  // Amount = c·V: (−2)·4 + 2·0.5
  expect(compileExpression(slope, new Map(), at)(new Float64Array(0))).toBe(-7);
  expect(shown(network)).toContain("r: A -> 0 @ y");
  expect(network.parameters.has("y")).toBe(false);
});

test("events keep trigger, flags, delay, priority and what they set, concentrations as amounts", () => {
  const set = (name: string, formula: string): string =>
    `<eventAssignment variable="${name}">${math(formula)}</eventAssignment>`;
  const events = `<event id="e" useValuesFromTriggerTime="false">
    <trigger initialValue="false" persistent="false">${math(apply("and", apply("gt", ci("B"), cn(1)), apply("geq", time, cn(5))))}</trigger>
    <delay>${math(ci("k"))}</delay><priority>${math(cn(3))}</priority>
    <listOfEventAssignments>${set("B", cn(7))}${set("k", apply("times", cn(2), ci("k")))}</listOfEventAssignments></event>
    <event useValuesFromTriggerTime="true"><trigger initialValue="true" persistent="true">${math("<true/>")}</trigger>
    <listOfEventAssignments>${set("V", cn(8))}${set("B", cn(1))}</listOfEventAssignments></event>`;
  const network = read({
    home: '<compartment id="V" size="4" constant="false"/>',
    parameters: parameter("k", 1, false),
    events,
  });
  expect(shown(network).split("\n")).toEqual([
    "event e: when B / V > 1 and time >= 5; set B = 7 * V, k = 2 * k; delay k; priority 3; initially false; cancelled when false; values after delay",
    "event: when 1; set V = 8, B = 1 * 8",
  ]);
  expect(shown(parseNetwork(printNetwork(network)))).toBe(shown(network));
});

test("stoichiometry by formula and initial assignment, and conversion factors", () => {
  const starts = `<initialAssignment symbol="s">${math(apply("plus", ci("n"), cn(1)))}</initialAssignment>`;
  const network = read({
    factor: 'conversionFactor="n"',
    parameters: parameter("n", 2) + parameter("f", 3) + parameter("k", 1),
    starts,
    species:
      amounts +
      species("D", 'initialAmount="0" hasOnlySubstanceUnits="true" boundaryCondition="false" conversionFactor="f"'),
    reactions: reaction(apply("times", ci("k"), ci("A")), {
      sides: takes(reference("A")) + makes(reference("B", 'id="s"'), reference("D")),
    }),
  });
  // s = 3 at a factor of 2, and 1 at a factor of 3; A loses 2 a time, but the law looks for one.
  expect(shown(network)).toBe("r: 2 A -> 6 B + 3 D @ = k * A");
  const level2 = `<sbml xmlns="http://www.sbml.org/sbml/level2/version4" level="2" version="4"><model>
    <listOfCompartments><compartment id="c"/></listOfCompartments>
    <listOfSpecies><species id="X" compartment="c" initialAmount="5" hasOnlySubstanceUnits="true"/></listOfSpecies>
    <listOfReactions><reaction id="r" reversible="false"><listOfProducts><speciesReference species="X">
    <stoichiometryMath>${math(apply("plus", cn(1), cn(2)))}</stoichiometryMath></speciesReference></listOfProducts>
    <kineticLaw>${math(cn(2))}</kineticLaw></reaction></listOfReactions></model></sbml>`;
  expect(shown(readSbml(level2))).toBe("r: 0 -> 3 X @ 2");
});

test("a reversible reaction whose directions can be told apart is two", () => {
  const sides = takes(reference("A")) + makes(reference("B"));
  const law = apply("minus", apply("times", ci("k"), ci("A")), apply("times", ci("k"), ci("B")));
  const network = read({ parameters: parameter("k", 2), reactions: reaction(law, { sides, reversible: true }) });
  expect(shown(network)).toBe("r: A -> B @ k\nr_back: B -> A @ k / V");
  const saturated = apply("divide", ci("A"), apply("plus", cn(1), ci("A")));
  const mixed = apply("minus", saturated, apply("times", ci("k"), ci("B")));
  expect(shown(read({ parameters: parameter("k", 2), reactions: reaction(mixed, { sides, reversible: true }) }))).toBe(
    "r: A -> B @ = A / (1 + A)\nr_back: B -> A @ k / V",
  );
});

test("a reaction's name in a formula is its rate", () => {
  const rules = `<assignmentRule variable="y">${math(apply("times", cn(2), ci("r")))}</assignmentRule>`;
  const network = read({
    parameters: parameter("y", undefined, false),
    rules,
    reactions: reaction(apply("times", cn(3), ci("A")), { sides: takes(reference("A")) }),
  });
  expect(printExpression(network.assignments!.get("y")!)).toBe("2 * (3 * A)");
});

test("a name that is a word of ours gets another one, and time stays time", () => {
  const network = read({
    parameters: parameter("time", 5) + parameter("time_2", 1),
    reactions: reaction(apply("times", ci("time"), time, ci("time_2"))),
  });
  expect(network.parameters.get("time_2_2")).toBe(5);
  expect(shown(network)).toMatch(/time_2_2/);
  expect(shown(network)).toMatch(/\btime\b/);
});

test("amounts that are no whole numbers are refused for simulation and kept for rate equations", () => {
  const text = `<sbml xmlns="http://www.sbml.org/sbml/level2/version4" level="2" version="4"><model>
    <listOfCompartments><compartment id="c" size="0.5"/></listOfCompartments>
    <listOfSpecies><species id="X" compartment="c" initialConcentration="3"/></listOfSpecies></model></sbml>`;
  expect(() => readSbml(text)).toThrow("no whole number of molecules");
  expect(readSbml(text, { amounts: "any" }).initial).toEqual([1.5]);
});
