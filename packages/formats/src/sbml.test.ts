import { compile, type Network } from "@dbd/cme";
import { printExpression } from "@dbd/cme/expression";
import { expect, test } from "vitest";
import { readSbml } from "./sbml.ts";

const level3 = "http://www.sbml.org/sbml/level3/version2/core";
const math = (inside: string): string => `<math xmlns="http://www.w3.org/1998/Math/MathML">${inside}</math>`;
const times = (...names: readonly string[]): string =>
  `<apply><times/>${names.map((name) => `<ci>${name}</ci>`).join("")}</apply>`;

const species = (id: string, more: string): string => `<species id="${id}" compartment="V" constant="false" ${more}/>`;

/** A Level 3 model of A (an amount), B (a concentration in the compartment V of size 4) and the boundary species F. */
function model(reactions: string, parameters: string = '<parameter id="k" value="2"/>', root: string = ""): string {
  return `<sbml xmlns="${level3}" level="3" version="2" ${root}><model>
<listOfCompartments><compartment id="V" size="4"/></listOfCompartments>
<listOfSpecies>${species("A", 'initialAmount="10" hasOnlySubstanceUnits="true" boundaryCondition="false"')}
${species("B", 'initialConcentration="2.5" hasOnlySubstanceUnits="false" boundaryCondition="false"')}
${species("F", 'initialAmount="3" hasOnlySubstanceUnits="true" boundaryCondition="true"')}</listOfSpecies>
<listOfParameters>${parameters}</listOfParameters>
<listOfReactions>${reactions}</listOfReactions></model></sbml>`;
}

const side = (list: string, counts: Readonly<Record<string, number>>): string =>
  `<${list}>${Object.entries(counts)
    .map(([name, n]) => `<speciesReference species="${name}" stoichiometry="${n}"/>`)
    .join("")}</${list}>`;

interface Written {
  readonly from?: Readonly<Record<string, number>>;
  readonly to?: Readonly<Record<string, number>>;
  readonly law: string;
  readonly reversible?: boolean;
  readonly locals?: string;
}
const reaction = ({ from = {}, to = {}, law, reversible = false, locals = "" }: Written): string =>
  `<reaction id="r" reversible="${reversible}">${side("listOfReactants", from)}${side("listOfProducts", to)}
<kineticLaw>${math(law)}${locals === "" ? "" : `<listOfLocalParameters>${locals}</listOfLocalParameters>`}</kineticLaw></reaction>`;

/** "2 A + F -> B @ k" for mass action, "… @ = law" for a law. */
function show({ species, reactions }: Network): string {
  const sum = (participants: Network["reactions"][number]["reactants"]): string =>
    participants.map((p) => `${p.order === 1 ? "" : `${p.order} `}${species[p.species]}`).join(" + ") || "0";
  return reactions
    .map(({ reactants, products, rate }) => {
      const text = rate.kind === "law" ? `= ${printExpression(rate.law)}` : printExpression(rate.constant);
      return `${sum(reactants)} -> ${sum(products)} @ ${text}`;
    })
    .join("; ");
}
const shown = (written: Written): string => show(readSbml(model(reaction(written))));

test("initial concentrations are multiplied by the size; boundary species are named", () => {
  const network = readSbml(model(""));
  expect(network).toMatchObject({ species: ["A", "B", "F"], initial: [10, 10, 3], reactions: [] });
  expect(network.boundary).toEqual(new Set(["F"]));
  expect(network.parameters).toEqual(
    new Map([
      ["V", 4],
      ["k", 2],
    ]),
  );
});

test("a concentration in a law is amount / size, which is mass action with k / V", () => {
  expect(shown({ from: { B: 1 }, law: times("k", "B") })).toBe("B -> 0 @ k / V");
  expect(shown({ from: { B: 1 }, law: times("V", "k", "B") })).toBe("B -> 0 @ k");
});

test("the orders of mass action come from the law, catalysts stand on both sides", () => {
  expect(shown({ from: { A: 1 }, to: { B: 1 }, law: times("k", "A", "F") })).toBe("A + F -> F + B @ k");
  expect(shown({ to: { A: 1 }, law: times("k", "A") })).toBe("A -> 2 A @ k");
  expect(shown({ from: { A: 2 }, to: { A: 3 }, law: times("k", "A") })).toBe("A -> 2 A @ k");
  expect(shown({ from: { F: 1 }, to: { A: 1 }, law: "<ci>k</ci>" })).toBe("0 -> A @ k");
});

test("a law that looks for fewer copies than the reaction takes stays a law", () => {
  expect(shown({ from: { A: 2 }, law: times("k", "A") })).toBe("2 A -> 0 @ = k * A");
  expect(shown({ from: { A: 1 }, law: "<ci>k</ci>" })).toBe("A -> 0 @ = k");
  expect(shown({ from: { A: 2 }, law: times("k", "A", "A") })).toBe("2 A -> 0 @ = k * A * A");
  expect(shown({ from: { A: 1 }, law: "<cn>0</cn>" })).toBe("A -> 0 @ = 0");
});

test("a reversible reaction with a law that is never negative is read as it stands", () => {
  expect(shown({ from: { A: 1 }, law: times("k", "A"), reversible: true })).toBe("A -> 0 @ k");
  const sum = `<apply><plus/>${times("k", "A")}<apply><exp/><ci>B</ci></apply></apply>`;
  expect(shown({ from: { A: 1 }, law: sum, reversible: true })).toBe("A -> 0 @ = k * A + exp(B / V)");
  const square = "<apply><power/><apply><minus/><ci>A</ci><cn>3</cn></apply><cn>2</cn></apply>";
  expect(shown({ from: { A: 1 }, law: square, reversible: true })).toBe("A -> 0 @ = (A - 3)^2");
});

const law = (op: string, ...args: readonly string[]): Written => ({
  law: `<apply><${op}/>${args.join("")}</apply>`,
  reversible: true,
});

test("signs are decided for every operation, and doubt refuses a reversible law", () => {
  const minusOne = "<cn>-1</cn>";
  const negative = `<apply><times/>${minusOne}<ci>A</ci></apply>`;
  const a = "<ci>A</ci>";
  expect(shown(law("max", minusOne, a))).toContain("= max(");
  expect(shown(law("divide", negative, `<apply><plus/>${minusOne}${negative}</apply>`))).toContain("/");
  expect(shown(law("minus", negative))).toBe("A -> A @ 1");
  expect(shown(law("times", negative, `<apply><min/>${negative}${a}</apply>`))).toContain("min(");
  for (const doubtful of [law("min", a, "<apply><ln/><ci>A</ci></apply>"), law("sin", a), law("ln", a)]) {
    expect(() => shown(doubtful)).toThrow("may become negative");
  }
});

test("local parameters get names of their own and hide global ones", () => {
  const locals = '<localParameter id="k" value="7"/><localParameter id="A" value="5"/>';
  const text = model(reaction({ from: { A: 1 }, law: times("k", "A"), locals }), '<parameter id="r_k" value="1"/>');
  const network = readSbml(text);
  expect(show(network)).toBe("A -> 0 @ = r_k_2 * r_A");
  expect([...network.parameters]).toEqual([
    ["V", 4],
    ["r_k", 1],
    ["r_k_2", 7],
    ["r_A", 5],
  ]);
});

test("Windows line ends, a byte order mark, notes and a drawing do not matter", () => {
  const layout = "http://www.sbml.org/sbml/level3/version1/layout/version1";
  const root = `xmlns:layout="${layout}" layout:required="false"`;
  const notes = '<notes><p xmlns="http://www.w3.org/1999/xhtml">a <b>b</b></p></notes>';
  const drawing = `<layout:listOfLayouts><layout:layout/></layout:listOfLayouts>`;
  const text = `\uFEFF<?xml version="1.0" encoding="ISO-8859-1"?>\n${model("", undefined, root)}`
    .replaceAll("\n", "\r\n")
    .replace("<model>", `<model>${notes}<annotation><x:y xmlns:x="urn:x">z</x:y></annotation>${drawing}`);
  expect(readSbml(text).species).toHaveLength(3);
  expect(() => readSbml(text.replace('value="2"', 'value="x"'), { file: "f.xml" })).toThrow("f.xml:7:19: ");
});

test("wrong nesting inside notes is found as well", () => {
  const text = model("").replace("<model>", "<model><notes><p><b></p></notes>");
  expect(() => readSbml(text)).toThrow("input:1:");
});

test("identifiers such as __proto__ are names like any other", () => {
  const text = model(reaction({ from: { A: 1 }, law: times("k", "A") })).replaceAll(/\b(A|k)\b/g, (name) =>
    name === "A" ? "__proto__" : "constructor",
  );
  const compiled = compile(readSbml(text));
  expect([...compiled.rate]).toEqual([2]);
  expect([...compiled.change]).toEqual([-1]);
});

test("a species in a compartment of no dimensions is an amount", () => {
  const text = model(reaction({ from: { B: 1 }, law: times("k", "B") }))
    .replace('size="4"', 'spatialDimensions="0"')
    .replace('initialConcentration="2.5"', 'initialAmount="10"');
  expect(show(readSbml(text))).toBe("B -> 0 @ k");
});

test("a starting concentration needs a size, and a species reference is its stoichiometry", () => {
  expect(() => readSbml(model("").replace('size="4"', ""))).toThrow('its compartment "V" has no size');
  const named = model(reaction({ from: { A: 2 }, law: times("k", "q", "A") })).replace(
    '<speciesReference species="A"',
    '<speciesReference id="q" species="A"',
  );
  expect(show(readSbml(named))).toBe("2 A -> 0 @ = k * 2 * A");
});
