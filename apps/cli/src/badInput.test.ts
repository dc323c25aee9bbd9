import { afterAll, expect, test } from "vitest";
import { session } from "../testing/session.ts";

const { dbd, put, files, end } = session();
afterAll(end);

const sbml = (species: string, reactions: string, more = ""): string => `<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1">
<model id="m">
<listOfCompartments><compartment id="c" size="1" constant="true"/></listOfCompartments>
<listOfSpecies>${species}</listOfSpecies>
${more}<listOfReactions>
${reactions}
</listOfReactions>
</model>
</sbml>
`;
const A = `<species id="A" compartment="c" initialAmount="5" hasOnlySubstanceUnits="true" boundaryCondition="false" constant="false"/>`;
const reaction = (law: string, species = "A"): string => `<reaction id="r" reversible="false" fast="false">
<listOfReactants><speciesReference species="${species}" stoichiometry="1" constant="true"/></listOfReactants>
<kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML">
${law}
</math></kineticLaw>
</reaction>`;
const time = `<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/time">t</csymbol>`;

const experiment = (changes: Readonly<Record<string, string>> = {}): string =>
  Object.entries({
    model: "ok.dbd",
    initial: "[{ poisson: 4 }]",
    times: "{ start: 0.1, end: 1, steps: 4 }",
    family: "{ order: 1 }",
    dynamics: "{ nodes: 4 }",
    ...changes,
  })
    .map(([key, value]) => `${key}: ${value}\n`)
    .join("");

/** [file, its text, command line, exit code, the message: from the start, or a pattern] */
type Case = readonly [name: string, text: string | Uint8Array, line: string, code: number, message: RegExp];

const models: readonly Case[] = [
  ["cut.xml", "<sbml>\n<model>\n</sbml>", "simulate cut.xml", 2, /^dbd: cut\.xml:3:1: not XML: .*expected <\/model>/],
  [
    "entity.xml",
    `<?xml version="1.0"?>\n<!DOCTYPE sbml [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n<sbml>&a;</sbml>`,
    "simulate entity.xml",
    2,
    /^dbd: entity\.xml:2:1: a DOCTYPE, .* is not accepted\. Remove the DOCTYPE/,
  ],
  ["bomb.xml", "<sbml>\n&lol9;</sbml>", "simulate bomb.xml", 2, /^dbd: bomb\.xml:2:6: not XML: undefined entity/],
  [
    "undeclared.xml",
    sbml(A, reaction("<ci>k</ci>")),
    "simulate undeclared.xml",
    2,
    /^dbd: undeclared\.xml:10:1: "k" in a law is not declared/,
  ],
  [
    "ghost.xml",
    sbml(A, reaction("<cn>1</cn>", "B")),
    "exact ghost.xml",
    2,
    /^dbd: ghost\.xml:8:18: the species "B" is not declared/,
  ],
  [
    "delayed.xml",
    sbml(A, reaction(`<apply>${time.replace("symbols/time", "symbols/delay")}<ci>A</ci><cn>1</cn></apply>`)),
    "simulate delayed.xml",
    3,
    /^dbd: delayed\.xml:10:8: the symbol "delay" in a law is not supported/,
  ],
  [
    "event.xml",
    sbml(A, reaction("<ci>A</ci>")).replace("</model>", `<listOfEvents><event id="e"/></listOfEvents>\n</model>`),
    "check event.xml",
    3,
    /^dbd: event\.xml:14:15: an event without a trigger is not supported/,
  ],
  [
    "level1.xml",
    `<sbml xmlns="http://www.sbml.org/sbml/level1" level="1" version="2"><model/></sbml>`,
    "simulate level1.xml",
    3,
    /^dbd: level1\.xml:1:1: SBML Level 1 .*not supported/,
  ],
  ["negative.dbd", "A -> 0 @ -1\nA = 5\n", "simulate negative.dbd", 2, /^dbd: negative\.dbd:1:1: .*≥ 0, got -1/],
  ["nan.dbd", "A -> 0 @ NaN\nA = 5\n", "simulate nan.dbd", 2, /^dbd: nan\.dbd:1:10: unknown name "NaN"/],
  ["infinite.dbd", "A -> 0 @ 1/0\nA = 5\n", "simulate infinite.dbd", 2, /^dbd: infinite\.dbd:1:\d+: .*finite/],
  [
    "misspelt.dbd",
    "A -> 0 @ kdeacy\nA -> 2 A @ kdecay\nkdecay = 1\nA = 5\n",
    "exact misspelt.dbd",
    2,
    /^dbd: misspelt\.dbd:1:10: unknown name "kdeacy".*kdecay/,
  ],
  ["below.dbd", "A -> 0 @ 1\nA = -5\n", "exact below.dbd", 2, /^dbd: below\.dbd:2:1: the initial amount of A .*got -5/],
  ["half.dbd", "A -> 0 @ 1\nA = 1.5\n", "exact half.dbd", 2, /^dbd: half\.dbd:2:1: the initial amount .*integer/],
  [
    "latin.dbd",
    Uint8Array.from(Buffer.from("A -> 0 @ 1\n# d\xe9j\xe0 vu\nA = 5\n", "latin1")),
    "simulate latin.dbd",
    2,
    /^dbd: .*latin\.dbd:2:4 {2}found a byte that is not UTF-8/,
  ],
  [
    "utf16.dbd",
    Uint8Array.of(0xff, 0xfe, 0x41, 0),
    "simulate utf16.dbd",
    2,
    /^dbd: .*utf16\.dbd:1:1 {2}found a byte that is not UTF-8/,
  ],
  ["grows.dbd", "A -> 0 @ 1\nA = 600000\n", "exact grows.dbd --duration 9", 1, /^dbd: solveExact: .*states are needed/],
];

const documents: readonly Case[] = [
  ["torn.yaml", "model: ok.dbd\nfamily: { order: 1\n", "learn torn.yaml", 2, /^dbd: torn\.yaml:3:1: .*not YAML/],
  ["twice.yaml", `${experiment()}seed: 1\nseed: 2\n`, "learn twice.yaml", 2, /^dbd: twice\.yaml:7:1: .*not YAML/],
  ["list.yaml", "- 1\n- 2\n", "learn list.yaml", 2, /^dbd: list\.yaml:1:1: .*expected an experiment document/],
  ["empty.yaml", "", "check empty.yaml", 2, /^dbd: empty\.yaml:1:1: .*expected an experiment document/],
  [
    "key.yaml",
    experiment({ dynamics: "{ nodes: 4, integratr: rk4 }" }),
    "check key.yaml",
    2,
    /^dbd: key\.yaml:5:23 {2}dynamics\.integratr: found unknown key .*Did you mean "integrator"\?/,
  ],
  [
    "word.yaml",
    experiment({ chart: "identiti" }),
    "learn word.yaml",
    2,
    /^dbd: word\.yaml:6:8 {2}chart: found "identiti"; expected .*Did you mean "identity"\?/,
  ],
  [
    "type.yaml",
    experiment({ family: "{ order: two }" }),
    "learn type.yaml",
    2,
    /^dbd: type\.yaml:4:18 {2}family\.order: found "two"; expected a (whole )?number/,
  ],
  [
    "nan.yaml",
    experiment({ initial: "[{ poisson: .nan }]" }),
    "learn nan.yaml",
    2,
    /^dbd: nan\.yaml:2:\d+ {2}initial\[0\]\.poisson: found NaN; expected a number/,
  ],
  [
    "two.yaml",
    experiment({ initial: "[{ poisson: 4, fixed: 3 }]" }),
    "learn two.yaml",
    2,
    /^dbd: two\.yaml:2:\d+ {2}initial\[0\]: .*expected exactly one of poisson, fixed/,
  ],
  [
    "back.yaml",
    experiment({ times: "[0.1, 1, 0.5]" }),
    "learn back.yaml",
    2,
    /^dbd: back\.yaml:3:17 {2}times\[2\]: found 0\.5 after 1; expected times that increase strictly/,
  ],
  [
    "species.yaml",
    experiment({ family: "{ species: B, order: 1 }" }),
    "learn species.yaml",
    2,
    /^dbd: species\.yaml:4:20 {2}family\.species: found "B"; expected one of A/,
  ],
  [
    "wide.yaml",
    experiment({ initial: "[{ family: [0.5, -0.1] }]", family: "{ order: 2 }", dynamics: "{ nodes: [4, 4] }" }),
    "learn wide.yaml",
    2,
    /^dbd: wide\.yaml:2:\d+ {2}initial\[0\].*: found a ν that is not normalisable \(.+\).*(positive|finite support)/,
  ],
  [
    "delta.yaml",
    experiment({
      initial: "model",
      times: "{ end: 1, steps: 4 }",
      family: "{ order: 2 }",
      dynamics: "{ nodes: [4, 4] }",
    }),
    "learn delta.yaml",
    2,
    /^dbd: delta\.yaml:2:10 {2}initial: found model start, which no ν represents at t = 0 .*t₁ > 0.*projection/,
  ],
  [
    "unset.yaml",
    experiment({ model: "${DBD_TEST_DATA}/m.xml" }),
    "learn unset.yaml",
    2,
    /^dbd: unset\.yaml:1:8 {2}model: found \$\{DBD_TEST_DATA\}, which is not set; .*Set DBD_TEST_DATA/,
  ],
  [
    "lost.yaml",
    experiment({ model: "lost.dbd" }),
    "gradient lost.yaml",
    2,
    /^dbd: lost\.yaml:1:8 {2}model: found lost\.dbd, which cannot be read; expected a model file/,
  ],
];

const usage: readonly Case[] = [
  ["ok.dbd", "A -> 0 @ 1\nA = 5\n", "simulate ok.dbd --steps -3", 2, /found "-3"; expected a whole number/],
  ["down.txt", "0\n2\n1\n", "exact ok.dbd --grid down.txt", 2, /^dbd: down\.txt:3:1 {2}found 1 after 2; .*increase/],
  ["", "", "simulate ok.dbd --duration 0", 2, /--duration: found 0; expected a number above 0; for example/],
  ["", "", "exact ok.dbd --vars A,C", 2, /--vars: found "C"; expected names of the model: A/],
  ["", "", "simulate ok.dbd --vars C", 2, /--vars: found "C"; expected names of the model: A/],
  ["", "", "simulate ok.dbd --method direkt", 2, /direkt.*Did you mean "direct"\?/],
  ["", "", "simulate ok.dbd --method nextreaction", 2, /nextreaction.*Did you mean "next-reaction"\?/],
  ["", "", "simulate ok.dbd --runs 9 --method tau-leap --backend wasm", 3, /wasm.*not supported/],
  ["", "", "simulate ok.dbd --backend gpu", 2, /gpu.*auto, generic/],
  ["", "", "simulate ok.dbd --trajectories t.npy", 2, /t\.npy; expected a \.csv, \.npz or \.h5 file/],
  ["", "", "simulate ok.dbd --runs 0", 2, /found "0"; expected a whole number of at least 1/],
  ["", "", "simulate ok.dbd --workers 1.5", 2, /--workers.*found "1\.5"; expected a whole number of at least 1/],
  ["", "", "simulate ok.dbd more", 2, /too many arguments/],
  ["", "", "exact", 2, /missing required argument 'model'/],
  ["", "", "exakt ok.dbd", 2, /unknown command 'exakt'\n.*exact/],
  ["", "", "exact ok.dbd --tolerance 2", 2, /tolerance.*2/],
  ["", "", "report ok.dbd", 2, /found no result\.json; expected a result folder/],
];

/** Everything else is written first, so that a command that leaves a file behind is seen. */
const cases = [...models, ...documents, ...usage];
for (const [name, text] of cases) if (name !== "") put(name, text);

test.each(cases.map(([, , line, code, message]) => ({ line, code, message })))(
  "`dbd $line` exits $code with one message and writes nothing",
  async ({ line, code, message }) => {
    const before = files();
    const ran = await dbd(line);
    expect({ ...ran, err: "" }).toEqual({ code, out: "", err: "" });
    expect(ran.err).toMatch(message);
    expect(ran.err.match(/^(dbd|error): /gm)).toHaveLength(1);
    expect(ran.err).not.toMatch(/\n {4}at /); // no stack trace
    expect(files()).toEqual(before);
  },
);

test("a result that is there is left alone without --force, and replaced with it", async () => {
  const line = "simulate ok.dbd --runs 40 --duration 1 --steps 1 --out kept --quiet";
  expect((await dbd(line)).code).toBe(0);
  const before = files();
  const again = await dbd(`${line} --seed other`);
  expect(again).toMatchObject({ code: 2, out: "", err: expect.stringContaining("Use --force") as string });
  expect(files()).toEqual(before);
  expect((await dbd(`${line} --seed other --force`)).code).toBe(0);
  expect(files("kept").get("moments.csv")).not.toBe(before.get("kept/moments.csv"));
});
