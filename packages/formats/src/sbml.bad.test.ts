import { ArgumentError, SourceError, UnsupportedError } from "@dbd/numerics/errors";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readSbml } from "./sbml.ts";

/** A correct model; each case below spoils one thing in it. */
const good = `<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2">
  <model id="m">
    <listOfCompartments>
      <compartment id="Cell" spatialDimensions="3" size="2" constant="true"/>
    </listOfCompartments>
    <listOfSpecies>
      <species id="X" compartment="Cell" initialAmount="100" hasOnlySubstanceUnits="true" boundaryCondition="false" constant="false"/>
    </listOfSpecies>
    <listOfParameters>
      <parameter id="Mu" value="0.11" constant="true"/>
    </listOfParameters>
    <listOfReactions>
      <reaction id="Death" reversible="false">
        <listOfReactants>
          <speciesReference species="X" stoichiometry="1" constant="true"/>
        </listOfReactants>
        <kineticLaw>
          <math xmlns="http://www.w3.org/1998/Math/MathML">
            <apply><times/><ci>Mu</ci><ci>X</ci></apply>
          </math>
        </kineticLaw>
      </reaction>
    </listOfReactions>
  </model>
</sbml>
`;
const law = "<apply><times/><ci>Mu</ci><ci>X</ci></apply>";
const spoil = (from: string, to: string): string => {
  expect(good).toContain(from);
  return good.replace(from, () => to);
};
const withLaw = (formula: string): string => spoil(law, formula);
const time = '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/time">t</csymbol>';
const bomb = `<!DOCTYPE sbml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>\n<sbml`;
const external = `<!DOCTYPE sbml [<!ENTITY secret SYSTEM "file:///etc/hostname">]>\n<sbml`;
const nested = (depth: number): string => `${"<apply><minus/>".repeat(depth)}<ci>X</ci>${"</apply>".repeat(depth)}`;
const inModel = (inside: string): string => spoil("    <listOfReactions>", `    ${inside}\n    <listOfReactions>`);
const rule = '<math xmlns="http://www.w3.org/1998/Math/MathML"><cn>1</cn></math>';

const inFunctions = (inside: string): string =>
  spoil(
    "    <listOfCompartments>",
    `    <listOfFunctionDefinitions>${inside}</listOfFunctionDefinitions>\n    <listOfCompartments>`,
  );
const lambda = (parameter: string, body: string): string =>
  `<math xmlns="http://www.w3.org/1998/Math/MathML"><lambda><bvar><ci>${parameter}</ci></bvar>${body}</lambda></math>`;
const event = (trigger: string, target: string): string =>
  `<listOfEvents><event useValuesFromTriggerTime="true">${trigger}<listOfEventAssignments><eventAssignment variable="${target}">${rule}</eventAssignment></listOfEventAssignments></event></listOfEvents>`;

type Case = readonly [name: string, text: string, place: string, problem: string];

const bad: readonly Case[] = [
  ["empty file", "", "1:1", "document must contain a root element"],
  ["not XML at all", "A -> B @ 1\n", "1:", "not XML"],
  [
    "truncated inside an element",
    good.slice(0, good.indexOf("<apply>")),
    "20:13",
    "ends inside the element <math> of line 19",
  ],
  [
    "truncated inside a tag",
    good.slice(0, good.indexOf(" stoichiometry")),
    "16:40",
    "ends inside the element <speciesReference>",
  ],
  [
    "wrong nesting",
    spoil("</listOfReactants>", "</listOfProducts>"),
    "17:9",
    "expected </listOfReactants> for the element of line 15",
  ],
  ["closing tag too many", `${good}</sbml>\n`, "27:", "not XML"],
  ["an attribute twice", spoil('id="X"', 'id="X" id="X"'), "8:", "not XML: duplicate attribute"],
  ["a bare ampersand", spoil('id="m"', 'id="m" name="A & B"'), "3:", "not XML"],
  ["bytes that are not UTF-8", spoil('id="m"', 'id="m" name="prot\uFFFDine"'), "3:27", "not UTF-8"],
  ["UTF-16 read as UTF-8", good.replaceAll(/./g, "$&\0"), "1:2", "not UTF-8"],
  ["declared as UTF-16", spoil("UTF-8", "UTF-16"), "1:31", 'encoded in "UTF-16"'],
  [
    "declared Latin-1 with an accent",
    spoil("UTF-8", "ISO-8859-1").replace('id="m"', 'id="m" name="protéine"'),
    "3:27",
    "ISO-8859-1",
  ],
  ["entity bomb", spoil("<sbml", bomb), "2:1", "DOCTYPE"],
  ["external entity", spoil("<sbml", external), "2:1", "DOCTYPE"],
  ["undefined entity", spoil("<ci>X</ci>", "<ci>&secret;</ci>"), "20:", "undefined entity"],
  ["elements nested too deeply", spoil("<listOfSpecies>", "<notes>".repeat(1e5)), "7:", "nested more than 256 deep"],
  ["formula nested too deeply", withLaw(nested(120)), "20:", "nested more than 100 levels deep"],
  ["another document", '<html xmlns="http://www.w3.org/1999/xhtml"/>', "1:1", "<html>"],
  ["level attribute against the namespace", spoil('level="3"', 'level="2"'), "2:1", "level"],
  [
    "no model",
    '<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2"/>',
    "1:1",
    "no <model>",
  ],
  [
    "misspelt element",
    spoil("listOfSpecies>", "listOfSpecis>").replace("</listOfSpecies>", "</listOfSpecis>"),
    "7:5",
    'Did you mean "listOfSpecies"?',
  ],
  ["misspelt attribute", spoil("initialAmount", "initalAmount"), "8:7", 'Did you mean "initialAmount"?'],
  ["a second list", inModel("<listOfParameters/>"), "13:5", "a second <listOfParameters>"],
  ["stray text", spoil("<listOfParameters>", "<listOfParameters>k"), "10:5", 'unexpected text "k"'],
  ["a foreign namespace", inModel('<x:y xmlns:x="urn:z"/>'), "13:5", 'namespace "urn:z"'],
  ["id missing", spoil(' id="X"', ""), "8:7", 'lacks the attribute "id"'],
  ["id that is none", spoil('id="X"', 'id="X 1"'), "8:7", "not an identifier"],
  ["duplicate id", spoil('id="Mu"', 'id="X"'), "11:7", '"X" is already used on line 8'],
  [
    "duplicate __proto__",
    spoil('id="X"', 'id="__proto__"').replace('"Mu"', '"__proto__"'),
    "11:7",
    '"__proto__" is already used',
  ],
  ["undeclared compartment", spoil('compartment="Cell"', 'compartment="Cel"'), "8:7", '"Cel", which is not declared'],
  ["undeclared reactant", spoil('species="X"', 'species="Y"'), "16:11", '"Y" is not declared'],
  ["undeclared name in a law", withLaw("<ci>mu</ci>"), "20:13", '"mu" in a law is not declared. Did you mean "Mu"?'],
  ["toString in a law", withLaw("<ci>toString</ci>"), "20:13", '"toString" in a law is not declared'],
  ["NaN as a parameter", spoil("0.11", "NaN"), "11:7", '"NaN" of <parameter> Mu is not a finite number'],
  ["infinite parameter", spoil("0.11", "INF"), "11:7", "not a finite number"],
  ["hexadecimal parameter", spoil("0.11", "0x11"), "11:7", "not a finite number"],
  ["overflowing parameter", spoil("0.11", "1e999"), "11:7", "not a finite number"],
  ["parameter without a value", spoil(' value="0.11"', ""), "20:28", '"Mu" has no value'],
  ["negative initial amount", spoil('"100"', '"-1"'), "8:7", "is negative"],
  ["NaN initial amount", spoil('"100"', '"NaN"'), "8:7", "not a finite number"],
  ["no initial amount", spoil(' initialAmount="100"', ""), "8:7", "no initialAmount"],
  ["two initial values", spoil(' initialAmount="100"', ' initialAmount="1" initialConcentration="1"'), "8:7", "both"],
  ["negative rate", spoil("0.11", "-0.11"), "19:11", 'the law of "Death" has a negative rate constant'],
  [
    "a law negative at the start",
    withLaw("<apply><minus/><cn>1</cn><ci>X</ci></apply>"),
    "19:11",
    'the law of "Death" is negative at the initial amounts (-99)',
  ],
  ["rate not a number", withLaw("<apply><divide/><cn>0</cn><cn>0</cn></apply>"), "19:11", "not a finite number"],
  ["negative stoichiometry", spoil('stoichiometry="1"', 'stoichiometry="-1"'), "16:11", "is negative"],
  ["no stoichiometry", spoil(' stoichiometry="1"', ""), "16:11", "no stoichiometry"],
  [
    "no compartment size for a concentration",
    spoil(' size="2"', "").replace('hasOnlySubstanceUnits="true"', 'hasOnlySubstanceUnits="false"'),
    "20:39",
    'the compartment "Cell" has no size',
  ],
  ["compartment of size 0", spoil('size="2"', 'size="0"'), "5:7", "has the size 0"],
  [
    "a truth value that is none",
    spoil('boundaryCondition="false"', 'boundaryCondition="no"'),
    "8:7",
    'neither "true" nor "false"',
  ],
  [
    "a truth value missing in Level 3",
    spoil(' boundaryCondition="false"', ""),
    "8:7",
    'lacks the attribute "boundaryCondition"',
  ],
  ["a constant species that reacts", spoil('constant="false"', 'constant="true"'), "16:11", '"X", which is constant'],
  ["empty formula", withLaw(""), "19:11", "empty <math>"],
  ["two formulas", withLaw("<cn>1</cn><cn>1</cn>"), "20:23", "a second formula"],
  ["empty apply", withLaw("<apply/>"), "20:13", "empty <apply>"],
  [
    "too many operands",
    withLaw("<apply><divide/><cn>1</cn><cn>1</cn><cn>1</cn></apply>"),
    "20:20",
    "takes 2 arguments, got 3",
  ],
  ["a number that is none", withLaw("<cn>one</cn>"), "20:13", '"one" is not a finite number'],
  ["half a whole number", withLaw('<cn type="integer">1.5</cn>'), "20:13", "not a whole number"],
  ["notanumber", withLaw("<notanumber/>"), "20:13", "<notanumber/>"],
  ["a function that is not declared", withLaw("<apply><ci>f</ci><ci>X</ci></apply>"), "20:20", '"f" is not declared'],
  ["a reaction that is its own law", withLaw("<ci>Death</ci>"), "20:13", '"Death" is defined by itself: Death → Death'],
  [
    "a rule about nothing",
    inModel(`<listOfRules><assignmentRule variable="Q">${rule}</assignmentRule></listOfRules>`),
    "13:18",
    'is about "Q", which is not declared',
  ],
  [
    "a rule about a species that moves",
    inModel(`<listOfRules><assignmentRule variable="X">${rule}</assignmentRule></listOfRules>`),
    "17:11",
    'a reaction changes "X", which has a rule',
  ],
  [
    "a rule about a constant",
    inModel(`<listOfRules><rateRule variable="Mu">${rule}</rateRule></listOfRules>`),
    "13:18",
    'a rate rule moves "Mu", which is constant',
  ],
  [
    "two rules about one name",
    inModel(
      `<listOfRules><assignmentRule variable="Mu">${rule}</assignmentRule><rateRule variable="Mu">${rule}</rateRule></listOfRules>`,
    ),
    "13:",
    '"Mu" has an assignment rule already',
  ],
  [
    "a rule about a reaction",
    inModel(`<listOfRules><assignmentRule variable="Death">${rule}</assignmentRule></listOfRules>`),
    "13:18",
    '"Death", which is a reaction',
  ],
  [
    "an initial assignment that leads to itself",
    inModel(
      `<listOfInitialAssignments><initialAssignment symbol="Mu">${rule.replace("<cn>1</cn>", "<ci>Mu</ci>")}</initialAssignment></listOfInitialAssignments>`,
    ),
    "13:",
    '"Mu" is defined by itself: Mu → Mu',
  ],
  [
    "a function that calls itself",
    inFunctions(
      `<functionDefinition id="f">${lambda("x", "<apply><ci>f</ci><ci>x</ci></apply>")}</functionDefinition>`,
    ),
    "4:",
    'the function "f" calls itself',
  ],
  [
    "a function of something else",
    inFunctions(`<functionDefinition id="f">${lambda("x", "<ci>Mu</ci>")}</functionDefinition>`),
    "4:",
    '"Mu" in the formula of a function is none of its arguments',
  ],
  [
    "a function with too many arguments",
    inFunctions(`<functionDefinition id="f">${lambda("x", "<ci>x</ci>")}</functionDefinition>`).replace(
      law,
      "<apply><ci>f</ci><ci>X</ci><ci>X</ci></apply>",
    ),
    "21:20",
    "takes 1 argument, got 2",
  ],
  [
    "an event that sets nothing known",
    inModel(event(`<trigger initialValue="true" persistent="true">${rule}</trigger>`, "Q")),
    "13:",
    '"Q", which is not declared',
  ],
  [
    "a trigger without its flags",
    inModel(event(`<trigger>${rule}</trigger>`, "X")),
    "13:",
    'lacks the attribute "initialValue"',
  ],
  ["math outside its namespace", spoil(' xmlns="http://www.w3.org/1998/Math/MathML"', ""), "19:11", "MathML namespace"],
  [
    "local parameter twice",
    spoil(
      "</kineticLaw>",
      '<listOfLocalParameters><localParameter id="a" value="1"/><localParameter id="a" value="1"/></listOfLocalParameters></kineticLaw>',
    ),
    "22:66",
    '"a" is declared twice',
  ],
];

const unsupported: readonly Case[] = [
  [
    "a delay",
    withLaw(`<apply>${time.replace("symbols/time", "symbols/delay")}<ci>X</ci><cn>1</cn></apply>`),
    "20:20",
    '"delay"',
  ],
  [
    "a rate of",
    withLaw(`<apply>${time.replace("symbols/time", "symbols/rateOf")}<ci>X</ci></apply>`),
    "20:20",
    "rateOf",
  ],
  ["a matrix", withLaw("<matrix/>"), "20:13", "<matrix>"],
  ["a lambda", withLaw("<lambda><ci>X</ci></lambda>"), "20:13", "<lambda>"],
  [
    "an event without a trigger",
    inModel('<listOfEvents><event useValuesFromTriggerTime="true"/></listOfEvents>'),
    "13:19",
    "trigger",
  ],
  [
    "an algebraic rule",
    inModel(`<listOfRules><algebraicRule>${rule}</algebraicRule></listOfRules>`),
    "13:18",
    "an algebraic rule",
  ],
  [
    "stoichiometry that a rule changes",
    spoil('species="X" stoi', 'species="X" id="s" stoi').replace(
      "    <listOfReactions>",
      `<listOfRules><assignmentRule variable="s">${rule}</assignmentRule></listOfRules>\n<listOfReactions>`,
    ),
    "13:14",
    'stoichiometry that changes ("s")',
  ],
  [
    "stoichiometry that an event sets",
    inModel(event(`<trigger initialValue="true" persistent="true">${rule}</trigger>`, "s")).replace(
      'species="X" stoi',
      'species="X" id="s" stoi',
    ),
    "13:",
    'stoichiometry that changes ("s")',
  ],
  [
    "stoichiometry that follows a species",
    spoil('species="X" stoi', 'species="X" id="s" stoi').replace(
      "    <listOfReactions>",
      `<listOfInitialAssignments><initialAssignment symbol="s">${rule.replace("<cn>1</cn>", "<ci>X</ci>")}</initialAssignment></listOfInitialAssignments>\n<listOfReactions>`,
    ),
    "13:27",
    'stoichiometry that changes (by "X")',
  ],
  ["a constraint", inModel("<listOfConstraints><constraint/></listOfConstraints>"), "13:24", "a constraint"],
  [
    "a conversion factor that makes fractions",
    spoil('id="m"', 'id="m" conversionFactor="Mu"'),
    "16:11",
    'fractional stoichiometry (0.11 of "X")',
  ],
  [
    "a conversion factor that changes",
    inModel(`<listOfRules><rateRule variable="Mu">${rule}</rateRule></listOfRules>`)
      .replace('value="0.11" constant="true"', 'value="1" constant="false"')
      .replace('id="X"', 'id="X" conversionFactor="Mu"'),
    "17:11",
    'a conversion factor that changes ("Mu")',
  ],
  ["a fast reaction", spoil('id="Death"', 'id="Death" fast="true"'), "14:7", 'fast reaction "Death"'],
  ["fractional stoichiometry", spoil('stoichiometry="1"', 'stoichiometry="0.5"'), "16:11", "fractional stoichiometry"],
  ["fractional initial amount", spoil('"100"', '"0.5"'), "8:7", "no whole number of molecules"],
  ["more molecules than a count holds", spoil('"100"', '"6e23"'), "8:7", "above 9007199254740991"],
  ["no kinetic law", good.replace(/ *<kineticLaw>[^]*<\/kineticLaw>\n/, ""), "14:7", "without a kinetic law"],
  [
    "a reversible law that may turn negative",
    spoil('reversible="false"', 'reversible="true"').replace(
      law,
      "<apply><times/><ci>X</ci><apply><sin/><ci>X</ci></apply></apply>",
    ),
    "19:11",
    "may become negative",
  ],
  [
    "package comp",
    spoil(
      ' level="3"',
      ' xmlns:comp="http://www.sbml.org/sbml/level3/version1/comp/version1" comp:required="true" level="3"',
    ),
    "2:1",
    'package "comp"',
  ],
  [
    "package fbc",
    spoil(
      ' level="3"',
      ' xmlns:fbc="http://www.sbml.org/sbml/level3/version1/fbc/version2" fbc:required="false" level="3"',
    ),
    "2:1",
    'package "fbc"',
  ],
  [
    "package qual",
    inModel('<qual:listOfTransitions xmlns:qual="http://www.sbml.org/sbml/level3/version1/qual/version1"/>'),
    "13:5",
    'package "qual"',
  ],
  ["Level 1", '<sbml xmlns="http://www.sbml.org/sbml/level1" level="1" version="2"/>', "1:1", "SBML Level 1 Version 2"],
  [
    "Level 2 Version 1",
    '<sbml xmlns="http://www.sbml.org/sbml/level2" level="2" version="1"/>',
    "1:1",
    "SBML Level 2 Version 1",
  ],
  [
    "Level 3 Version 3",
    '<sbml xmlns="http://www.sbml.org/sbml/level3/version3/core" level="3" version="3"/>',
    "1:1",
    "SBML Level 3 Version 3",
  ],
];

function errorOf(text: string): Error {
  try {
    readSbml(text, { file: "bad.xml" });
  } catch (error) {
    return error as Error;
  }
  return new Error("accepted");
}

// A formula that doubles at every step: 2^60 terms from a page of text. Time and memory stay bounded.
test("functions and laws that unfold without measure are refused by name", () => {
  const twice = (name: string): string => lambda("x", `<apply><plus/>${name}${name}</apply>`);
  const functions = Array.from({ length: 60 }, (_, i) => {
    const inner = i === 0 ? "<ci>x</ci>" : `<apply><ci>f${i - 1}</ci><ci>x</ci></apply>`;
    return `<functionDefinition id="f${i}">${twice(inner)}</functionDefinition>`;
  });
  const error = errorOf(inFunctions(functions.join("\n")));
  expect(error.message).toMatch(/^bad\.xml:\d+:\d+: a formula that unfolds into more than 100000 terms/);
  const rules = Array.from({ length: 900 }, (_, i) => {
    const before = i === 0 ? "<cn>1</cn>" : `<ci>p${i - 1}</ci>`;
    const math = rule.replace("<cn>1</cn>", before);
    return [`<parameter id="p${i}" constant="false"/>`, `<assignmentRule variable="p${i}">${math}</assignmentRule>`];
  }).toReversed();
  const chain = inModel(`<listOfRules>${rules.map(([, text]) => text).join("")}</listOfRules>`).replace(
    "<listOfParameters>",
    `<listOfParameters>${rules.map(([text]) => text).join("")}`,
  );
  expect(errorOf(chain).message).toMatch(/^bad\.xml:\d+:\d+: a chain of more than 500 definitions/);
});

test("the unspoilt model is accepted", () => {
  expect(readSbml(good, { file: "good.xml" }).reactions).toHaveLength(1);
});

describe("bad files give one message with the place, exit code 2", () => {
  test.each(bad)("%s", (_, text, place, problem) => {
    const error = errorOf(text);
    expect(error.message).toContain(problem);
    expect(error.message).toContain(`bad.xml:${place}`);
    expect(error.message).not.toContain("\n");
    expect(error).toBeInstanceOf(SourceError);
    expect(error).toBeInstanceOf(ArgumentError);
  });
});

describe("unsupported features are named with the place, exit code 3", () => {
  test.each(unsupported)("%s", (_, text, place, problem) => {
    const error = errorOf(text);
    expect(error.message).toContain(problem);
    expect(error.message).toContain(`bad.xml:${place}`);
    expect(error).toBeInstanceOf(UnsupportedError);
  });
});

// Catches any TypeError, RangeError or endless loop that a document can provoke, whatever was done to it.
test("a document damaged at random is read, or refused with one of our errors and a place", () => {
  const pieces = [
    "",
    "<",
    ">",
    "/",
    '"',
    "&",
    "<apply>",
    "</apply>",
    "<ci/>",
    "-",
    "0",
    "NaN",
    "__proto__",
    "\0",
    "]]>",
    "<!--",
    "<sep/>",
  ];
  const damage = fc.record({
    at: fc.nat(good.length),
    length: fc.nat(30),
    piece: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 })),
  });
  fc.assert(
    fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (damages) => {
      let text = good;
      for (const { at, length, piece } of damages) text = text.slice(0, at) + piece + text.slice(at + length);
      const error = errorOf(text);
      if (error.message === "accepted") return;
      expect(error.message).toMatch(/^bad\.xml:\d+:\d+: [^\n]+[.?]$/u);
      expect(error instanceof SourceError || error instanceof UnsupportedError).toBe(true);
    }),
    { seed: 20240517, numRuns: 1000 },
  );
});
