import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compile, type CompiledNetwork, propensities } from "@dbd/cme";
import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { readSbml } from "./sbml.ts";

/** Debian's python3-sbml5: libSBML reads the same file and evaluates each law by walking its own tree. */
const python = "/usr/bin/python3";
const available = existsSync(python) && spawnSync(python, ["-c", "import libsbml"]).status === 0;
const data = process.env["DBD_TEST_DATA"];
const missing =
  data === undefined ? "DBD_TEST_DATA is not set" : available ? undefined : "python3-sbml5 is not installed";

const oracle = `
import json, sys, libsbml
path, states = json.load(sys.stdin)
model = libsbml.readSBMLFromFile(path).getModel()
size = lambda s: model.getCompartment(s.getCompartment()).getSize()
species = [model.getSpecies(i) for i in range(model.getNumSpecies())]
amount = lambda s: s.getInitialAmount() if s.isSetInitialAmount() else s.getInitialConcentration() * size(s)
def value(node, names):
    args = [value(node.getChild(i), names) for i in range(node.getNumChildren())]
    kind = node.getType()
    if kind == libsbml.AST_NAME: return names[node.getName()]
    if kind in (libsbml.AST_INTEGER,): return node.getInteger()
    if node.isNumber(): return node.getValue()
    if kind == libsbml.AST_TIMES:
        product = 1.0
        for a in args: product *= a
        return product
    if kind == libsbml.AST_PLUS: return sum(args)
    if kind == libsbml.AST_MINUS: return -args[0] if len(args) == 1 else args[0] - args[1]
    if kind == libsbml.AST_DIVIDE: return args[0] / args[1]
    if kind in (libsbml.AST_POWER, libsbml.AST_FUNCTION_POWER): return args[0] ** args[1]
    raise Exception(node.getName())
def net(r):
    change = dict()
    for sign, refs in ((-1, [r.getReactant(i) for i in range(r.getNumReactants())]), (1, [r.getProduct(i) for i in range(r.getNumProducts())])):
        for ref in refs:
            s = model.getSpecies(ref.getSpecies())
            if s.getBoundaryCondition() or s.getConstant(): continue
            change[s.getId()] = change.get(s.getId(), 0) + sign * ref.getStoichiometry()
    return {k: v for k, v in change.items() if v != 0}
def laws(r):
    law = r.getKineticLaw()
    names = {p.getId(): p.getSize() for p in model.getListOfCompartments()}
    names.update({p.getId(): p.getValue() for p in model.getListOfParameters()})
    rates = []
    for x in states:
        here = dict(names)
        for s, n in zip(species, x): here[s.getId()] = n if s.getHasOnlySubstanceUnits() else n / size(s)
        for i in range(law.getNumParameters()): here[law.getParameter(i).getId()] = law.getParameter(i).getValue()
        for i in range(law.getNumLocalParameters()): here[law.getLocalParameter(i).getId()] = law.getLocalParameter(i).getValue()
        rates.append(value(law.getMath(), here))
    return rates
reactions = [model.getReaction(i) for i in range(model.getNumReactions())]
json.dump({"species": [s.getId() for s in species], "amounts": [amount(s) for s in species],
           "reactions": [{"id": r.getId(), "net": net(r), "rates": laws(r)} for r in reactions]}, sys.stdout)
`;

interface Answer {
  readonly species: readonly string[];
  readonly amounts: readonly number[];
  readonly reactions: readonly { id: string; net: Record<string, number>; rates: readonly number[] }[];
}

function askLibSbml(path: string, states: readonly (readonly number[])[]): Answer {
  const input = JSON.stringify([path, states]);
  return JSON.parse(execFileSync(python, ["-c", oracle], { input, encoding: "utf8" })) as Answer;
}

function netChange(
  { network, changeStart, changeSpecies, change }: CompiledNetwork,
  r: number,
): Record<string, number> {
  const entries = Array.from(change.subarray(changeStart[r], changeStart[r + 1]), (by, i) => [
    network.species[changeSpecies[changeStart[r] + i]],
    by,
  ]);
  return Object.fromEntries(entries) as Record<string, number>;
}

const supported = "00001 00002 00003 00004 00006 00010 00011 00013 00020 00022 00024 00030 00037".split(" ");
const files = [
  ...supported.map((id) => join("dsmts", id, `${id}-sbml-l3v2.xml`)),
  join("models", "BIOMD0000000035.xml"), // Vilar et al. 2002
];

test.skipIf(missing !== undefined).for(files)(
  `libSBML reads the same network from %s${missing === undefined ? "" : ` (skipped: ${missing})`}`,
  (file) => {
    const path = join(data!, file);
    const network = readSbml(readFileSync(path, "utf8"), { file });
    const random = stream("libsbml", files.indexOf(file));
    const states = Array.from({ length: 20 }, () => network.species.map(() => Math.floor(random() * 200)));
    const answer = askLibSbml(path, states);
    const compiled = compile(network);
    expect(network.species).toEqual(answer.species);
    expect(network.initial).toEqual(answer.amounts);
    expect(network.reactions.map(({ name }) => name)).toEqual(answer.reactions.map(({ id }) => id));
    expect(network.reactions.map((_, r) => netChange(compiled, r))).toEqual(answer.reactions.map(({ net }) => net));
    const rates = new Float64Array(network.reactions.length);
    states.forEach((state, i) => {
      propensities(compiled, Float64Array.from(state), rates);
      answer.reactions.forEach((reaction, r) => {
        const expected = reaction.rates[i];
        expect(Math.abs(rates[r] - expected), `${reaction.id} at ${state.join()}`).toBeLessThanOrEqual(
          1e-12 * Math.abs(expected),
        );
      });
    });
  },
);

test.skipIf(data === undefined)("every case of the suite is either read or refused by name", () => {
  const cases = readdirSync(join(data!, "dsmts")).filter((name) => /^\d+$/.test(name));
  expect(cases).toEqual([...supported, "00019", "00028", "00033"].sort());
});
