import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compile, type CompiledNetwork, type Network, parseNetwork, propensities } from "@dbd/cme";
import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { readSbml, writeSbml } from "./sbml.ts";

/** Debian's python3-sbml5: libSBML reads the same file and evaluates each law by walking its own tree. */
const python = "/usr/bin/python3";
const available = existsSync(python) && spawnSync(python, ["-c", "import libsbml"]).status === 0;
const data = process.env["DBD_TEST_DATA"];
const missing =
  data === undefined ? "DBD_TEST_DATA is not set" : available ? undefined : "python3-sbml5 is not installed";

// One process for all documents. A law is evaluated at states given as amounts of all species, in their order.
const oracle = `
import json, sys, math, libsbml
def answer(text, states):
    document = libsbml.readSBMLFromString(text)
    model = document.getModel()
    size = lambda s: model.getCompartment(s.getCompartment()).getSize()
    species = [model.getSpecies(i) for i in range(model.getNumSpecies())]
    amount = lambda s: s.getInitialAmount() if s.isSetInitialAmount() else s.getInitialConcentration() * size(s)
    def value(node, names):
        args = [value(node.getChild(i), names) for i in range(node.getNumChildren())]
        kind = node.getType()
        if kind == libsbml.AST_NAME: return names[node.getName()]
        if kind in (libsbml.AST_INTEGER,): return node.getInteger()
        if node.isNumber(): return node.getValue()
        if kind == libsbml.AST_TIMES: return math.prod(args)
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
    return {"species": [s.getId() for s in species], "amounts": [amount(s) for s in species],
            "reactions": [{"id": r.getId(), "net": net(r), "rates": laws(r)} for r in reactions]}
def check(text):
    document = libsbml.readSBMLFromString(text)
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, False)
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_MODELING_PRACTICE, False)
    document.checkConsistency()
    model = document.getModel()
    text = lambda x: libsbml.formulaToL3String(x.getMath()) if x is not None else None
    return {"problems": [document.getError(i).getMessage() for i in range(document.getNumErrors())],
            "rules": [r.getVariable() + (" := " if r.isAssignment() else "' = ") + text(r) for r in model.getListOfRules()],
            "starts": [a.getSymbol() + " = " + text(a) for a in model.getListOfInitialAssignments()],
            "events": [[text(e.getTrigger()), e.getTrigger().getInitialValue(), e.getTrigger().getPersistent(), text(e.getDelay()), text(e.getPriority())] + [a.getVariable() + " = " + text(a) for a in e.getListOfEventAssignments()] for e in model.getListOfEvents()]}
job = json.load(sys.stdin)
json.dump({"read": [answer(*d) for d in job["read"]], "written": [check(t) for t in job["written"]]}, sys.stdout)
`;

interface Answer {
  readonly species: readonly string[];
  readonly amounts: readonly number[];
  readonly reactions: readonly { id: string; net: Record<string, number>; rates: readonly number[] }[];
}
interface Checked {
  readonly problems: readonly string[];
  readonly rules: readonly string[];
  readonly starts: readonly string[];
  readonly events: readonly unknown[];
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

const cases = data === undefined ? [] : readdirSync(join(data, "dsmts")).filter((name) => /^\d+$/.test(name));
const files = [
  ...cases.map((id) => join("dsmts", id, `${id}-sbml-l3v2.xml`)),
  join("models", "BIOMD0000000035.xml"), // Vilar et al. 2002
];

/** A little of everything that we write. */
const everything = `A + A -> B @ k
A -> B @ = A*(1 + (B > 3))
label: B -> 0 @ = v*B/(K + B) + sin(time)^2
A = 10
B = 3
boundary F = 4
F -> A @ = piecewise(k, A < 5 and not B > 2, max(0, time - 1e-9))
k = 2*q
q = 0.5
v = 1e23
K = 1.5
w = 0
species y = 0
y := A + 2*B
z := exp(-time)
w' = z - w
event e: when A > 9 and time > 1; set A = 0, w = 2*w; delay 3*q; priority B; initially false; cancelled when false; values after delay
event: when B == 0; set B = 5
`;

function expectSame(file: string, network: Network, states: readonly (readonly number[])[], answer: Answer): void {
  const compiled = compile(network, { dynamics: true });
  expect(network.species, file).toEqual(answer.species);
  const ruled = (s: number): boolean => network.assignments?.has(network.species[s]) === true; // starts from its rule
  expect(network.initial, file).toEqual(answer.amounts.map((n, s) => (ruled(s) ? network.initial[s] : n)));
  expect(network.reactions.map(({ name }) => name)).toEqual(answer.reactions.map(({ id }) => id));
  expect(network.reactions.map((_, r) => netChange(compiled, r))).toEqual(answer.reactions.map(({ net }) => net));
  const rates = new Float64Array(network.reactions.length);
  states.forEach((state, i) => {
    propensities(compiled, Float64Array.from(state), rates);
    answer.reactions.forEach((reaction, r) => {
      const expected = reaction.rates[i];
      const context = `${file} ${reaction.id} at ${state.join()}`;
      expect(Math.abs(rates[r] - expected), context).toBeLessThanOrEqual(1e-12 * Math.abs(expected));
    });
  });
}

test.skipIf(missing !== undefined)(
  `libSBML reads the same networks from files, and finds what we wrote correct${missing === undefined ? "" : ` (skipped: ${missing})`}`,
  () => {
    const texts = files.map((file) => readFileSync(join(data!, file), "utf8"));
    const networks = texts.map((text, i) => readSbml(text, { file: files[i] }));
    const inputs = networks.map(({ species }, i) => {
      const random = stream("libsbml", i);
      return Array.from({ length: 20 }, () => species.map(() => Math.floor(random() * 200)));
    });
    const odd = parseNetwork("α -> 2 α @ κ\nκ = 0.5\nα = 3\ncompartment -> 0 @ 1\n", { file: "odd" });
    const given = [parseNetwork(everything), odd, ...networks].map((network) => writeSbml(network));
    // What we wrote of the files is evaluated too: the states are those of the files.
    const again = networks.map((network, i) => [writeSbml(network), inputs[i]]);
    const job = { read: [...texts.map((text, i) => [text, inputs[i]]), ...again], written: given };
    const output = execFileSync(python, ["-c", oracle], { input: JSON.stringify(job), encoding: "utf8" });
    const { read, written } = JSON.parse(output) as { read: Answer[]; written: Checked[] };
    networks.forEach((network, i) => {
      expectSame(files[i], network, inputs[i], read[i]);
      expectSame(`${files[i]} written`, network, inputs[i], read[files.length + i]);
    });
    expect(written.map(({ problems }) => problems)).toEqual(written.map(() => []));
    expect(written[0]).toMatchObject({
      rules: ["y := A + 2 * B", "z := exp(-time)", "w' = z - w"],
      starts: ["k = 2 * q"],
      events: [
        ["(A > 9) && (time > 1)", false, false, "3 * q", "B", "A = 0", "w = 2 * w"],
        ["B == 0", true, true, null, null, "B = 5"],
      ],
    });
  },
);

test.skipIf(data === undefined)("all 16 cases of the suite are read", () => {
  expect(cases).toHaveLength(16);
});
