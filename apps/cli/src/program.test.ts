import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { browserTests, measurePages } from "../../../tooling/browser/measure.ts";
import { runProgram } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "dbd-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function dbd(line: string | readonly string[], signal: AbortSignal = new AbortController().signal): Promise<Ran> {
  let out = "";
  let err = "";
  const code = await runProgram(typeof line === "string" ? line.split(" ") : line, {
    stdout: (text) => void (out += text),
    stderr: (text) => void (err += text),
    env: { INIT_CWD: folder },
    terminal: false,
    color: false,
    signal,
  });
  return { code, out, err };
}

const put = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return name;
};
const get = (name: string): string => readFileSync(join(folder, name), "utf8");

put("decay.dbd", "A -> 0 @ 1\nA = 20\n");
put("explode.dbd", "2 A -> 3 A @ 1000\nA = 20\n");
put("bad.dbd", "A -> 0 @ kk\n");
put("worse.dbd", "A => 0\n");
put("model.net", "begin species\n");
put("model.ant", "model cell(x)\n");
put("broken.xml", "<sbml>");
put("grid.txt", "# times\n0\n1\n0.5\n");
put("words.txt", "0\none\n");
put("empty.txt", "\n");
const document = `model: decay.dbd
initial: [{ family: { start: 0.2, end: 2, count: 6 } }]
heldOut: { family: 0.9 }
times: { start: 0, end: 1, steps: 10 }
family: { order: 1 }
dynamics: { nodes: 10, box: [[0.2, 2.8]] }
`;
put("decay.yaml", document);
put("few.yaml", document.replace("{ start: 0.2, end: 2, count: 6 }", "{ start: 0.5, end: 1, count: 2 }"));
put("typo.yaml", `${document}optimiser: { iterations: 3 }\n`);
put("nomodel.yaml", document.replace("decay.dbd", "gone.dbd"));
put("badmodel.yaml", document.replace("decay.dbd", "bad.dbd"));
put("delta.yaml", `model: decay.dbd\ntimes: { end: 1, steps: 4 }\nfamily: { order: 2 }\ndynamics: { nodes: 4 }\n`);
put("data.yaml", document.replace("decay.dbd", "${DBD_TEST_DATA}/x.xml"));
mkdirSync(join(folder, "full"));
put("full/file", "mine");
put("taken.csv", "mine");
put("taken.xml", "mine");

/** [command line, exit code, what stderr must say] */
const bad: readonly (readonly [string, number, string])[] = [
  ["", 2, "Usage: dbd"],
  ["simulat decay.dbd", 2, "unknown command 'simulat'"],
  ["simulate", 2, "missing required argument 'model'"],
  ["simulate gone.dbd", 2, "gone.dbd: found no such file; expected a model"],
  ["simulate decay.dbd --runs 0", 2, 'found "0"; expected a whole number of at least 1; for example --runs 10000'],
  ["simulate decay.dbd --runs many", 2, 'found "many"; expected a whole number'],
  ["simulate decay.dbd --workers 0", 2, "expected a whole number of at least 1"],
  ["simulate decay.dbd --method tau", 2, 'found "tau"; expected one of auto, direct, sorting-direct'],
  ["simulate decay.dbd --method tau-lep", 2, 'Did you mean "tau-leap"?'],
  ["rate decay.dbd --vars B", 2, '--vars: found "B"; expected names of the model: A'],
  ["rate decay.dbd --observables", 2, "--observables: found decay.dbd; expected a BioNetGen network (.net)"],
  ["rate decay.dbd --concentration A", 2, "whose format has no compartments"],
  ["rate decay.dbd --amount A --concentration A", 2, 'found "A", which --amount has too'],
  ["rate explode.dbd --duration 9", 1, "rate: "],
  ["convert decay.dbd", 2, "found no format; expected --to sbml, net, antimony or dbd, or a file"],
  ["convert decay.dbd --to smbl", 2, 'Did you mean "sbml"?'],
  ["convert decay.dbd model.doc", 2, "model.doc: found no extension of a model"],
  ["convert decay.dbd taken.xml", 2, "taken.xml: found an existing file"],
  ["convert gone.dbd --to net", 2, "gone.dbd: found no such file"],
  ["simulate decay.dbd --steps 2.5", 2, 'found "2.5"; expected a whole number of at least 1'],
  ["simulate decay.dbd --duration 0", 2, "--duration: found 0; expected a number above 0"],
  ["simulate decay.dbd --start -1", 2, 'found "-1"; expected a number of at least 0'],
  ["simulate decay.dbd --grid grid.txt", 2, "grid.txt:4:1  found 0.5 after 1; expected times that increase strictly"],
  ["simulate decay.dbd --grid words.txt", 2, 'words.txt:2:1  found "one"; expected one time of at least 0 a line'],
  ["simulate decay.dbd --grid empty.txt", 2, "empty.txt: found no times"],
  ["simulate decay.dbd --grid gone.txt", 2, "found no such file"],
  ["simulate decay.dbd --vars A,B", 2, '--vars: found "B"; expected names of the model: A'],
  ["simulate decay.dbd --frobnicate", 2, "unknown option '--frobnicate'"],
  ["simulate decay.dbd --resume", 2, "--resume: found no --out"],
  ["simulate decay.dbd --out full", 2, "found a folder that is not empty; expected a new one. Use --force"],
  ["simulate decay.dbd --csv taken.csv", 2, "found an existing file; expected a new name. Use --force"],
  ["simulate decay.dbd --trajectories t.txt", 2, "expected a .csv, .npz or .h5 file"],
  ["simulate bad.dbd", 2, 'bad.dbd:1:10: unknown name "kk"'],
  ["simulate worse.dbd", 2, "worse.dbd:1:4: expected"],
  ["simulate decay.yaml", 2, "found an experiment; expected a model. Try dbd learn decay.yaml"],
  ["simulate model.net", 2, 'model.net:1:1: the file ends inside the block "species"'],
  ["simulate model.ant", 3, "model.ant:1:1: a model with arguments is not supported"],
  ["simulate broken.xml", 2, "broken.xml:1:"],
  ["exact decay.dbd --marginal B m.csv", 2, '--marginal: found "B"; expected names of the model: A'],
  ["exact decay.dbd --tolerance 0", 2, "expected a number of at least 1e-14"],
  ["exact explode.dbd --duration 9 --quiet", 1, "solveExact"],
  ["learn gone.yaml", 2, "gone.yaml: found neither a file nor a demo of that name"],
  ["learn anihilation", 2, 'Did you mean "annihilation"?'],
  ["learn decay.dbd", 2, "found a model; expected an experiment document"],
  ["learn typo.yaml", 2, 'typo.yaml:7:1  optimiser: found unknown key "optimiser"'],
  ["learn nomodel.yaml", 2, "nomodel.yaml:1:8  model: found gone.dbd, which cannot be read"],
  ["learn badmodel.yaml", 2, 'bad.dbd:1:10: unknown name "kk"'],
  ["learn delta.yaml --out o1", 2, "Let times start at some t₁ > 0"],
  [
    "learn decay.yaml --set times.steps=0",
    2,
    "--set times.steps=0:1:13  times.steps: found 0; expected a number at least 1",
  ],
  ["gradient decay.yaml --set nothing", 2, 'found "nothing"; expected path=value'],
  ["check data.yaml", 2, "found ${DBD_TEST_DATA}, which is not set; expected the environment variable DBD_TEST_DATA"],
  ["check dimerisation", 2, "found ${DBD_TEST_DATA}, which is not set"],
  ["demo birthdeath", 2, 'found no demo "birthdeath"'],
  ["report full", 2, "full: found no result.json; expected a result folder"],
];

for (const [line, code, wanted] of bad)
  test(`\`dbd ${line}\` exits ${code} and says what to try, without a stack trace`, async () => {
    const before = readdirSync(folder).sort();
    const ran = await dbd(line === "" ? [] : line);
    expect(ran.err).toContain(wanted);
    expect(ran.err).not.toMatch(/\n {4}at /);
    expect([ran.code, ran.out]).toEqual([code, ""]);
    expect(readdirSync(folder).sort()).toEqual(before); // nothing written
  });

test("--debug shows where in the program an error arose", async () => {
  expect((await dbd("simulate gone.dbd --debug")).err).toMatch(/\n {4}at /);
});

test("simulate prints exactly the columns of the contract, and nothing else on stdout", async () => {
  const { code, out, err } = await dbd("simulate decay.dbd --runs 200 --duration 2 --steps 2 --csv - --quiet");
  const lines = out.trimEnd().split("\n");
  expect([code, err, lines[0], lines.length]).toEqual([0, "", "time,A-mean,A-sd", 4]);
  expect(lines[1]).toBe("0,20,0");
  // 4.5 standard errors of the mean of 200 binomials: a sampler of another rate fails.
  const mean = Number(lines[2].split(",")[1]);
  const p = Math.exp(-1);
  expect(Math.abs(mean - 20 * p)).toBeLessThan(4.5 * Math.sqrt((20 * p * (1 - p)) / 200));
});

test("closure prints a verdict with the moments it reached", async () => {
  put("pair.dbd", "2 A -> 0 @ 1\nA = 10\n");
  const linear = await dbd("closure decay.dbd --duration 1 --steps 1 --csv -");
  expect(linear.code).toBe(0);
  const [header, , last = ""] = linear.out.split("\n");
  expect(header).toBe("time,A-mean,A-sd");
  expect(Number(last.split(",")[1])).toBeCloseTo(20 * Math.exp(-1), 7);
  expect(linear.err).toContain("normal closure of order 2 of decay.dbd: ok");
  const failed = await dbd("closure pair.dbd --duration 4 --steps 40 --json -");
  const { verdict, ended, rows } = JSON.parse(failed.out) as { verdict: string; ended: number; rows: number[][] };
  expect([failed.code, verdict, rows.length]).toEqual([0, "blow-up", 22]);
  expect(ended).toBeGreaterThan(2);
  expect(ended).toBeLessThan(2.2);
  const lost = await dbd("closure pair.dbd --duration 4 --steps 8 --closure poisson");
  expect(lost.out).toMatch(
    /^poisson closure of order 2 of pair.dbd: negative variance, the variance of A .* t = 0\.81/,
  );
  expect(lost.out).toMatch(/\n {3}1 {3}1\.413 +–\n/); // no standard deviation is made up
});

test("exact agrees with the binomial, and writes marginals as time,n,p", async () => {
  const { code, out } = await dbd("exact decay.dbd --duration 1 --steps 1 --marginal A m.csv --csv -");
  const row = out.split("\n")[2].split(",").map(Number);
  const p = Math.exp(-1);
  expect(code).toBe(0);
  expect(row[1]).toBeCloseTo(20 * p, 8);
  expect(row[2]).toBeCloseTo(Math.sqrt(20 * p * (1 - p)), 7);
  const lines = get("m.csv").trimEnd().split("\n");
  expect([lines[0], lines.length]).toEqual(["time,n,p", 43]);
  expect(Number(lines.at(-1)!.split(",")[2])).toBeCloseTo(p ** 20, 12);
});

test("trajectories have a row per run and time", async () => {
  await dbd("simulate decay.dbd --runs 3 --duration 1 --steps 1 --trajectories tr.csv --quiet");
  expect(get("tr.csv").split("\n").slice(0, 3)).toEqual(["run,time,A", "0,0,20", expect.stringMatching(/^0,1,\d+$/)]);
  expect(get("tr.csv").trimEnd().split("\n")).toHaveLength(7);
});

/** Every file but the manifest, with its hash; and the manifest's own list of them. */
function hashes(name: string): { readonly found: Record<string, string>; readonly listed: Record<string, string> } {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(join(folder, name), { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const key = path.slice(join(folder, name).length + 1);
    if (entry.isFile() && key !== "manifest.json")
      found[key] = createHash("sha256").update(readFileSync(path)).digest("hex");
  }
  return { found, listed: (JSON.parse(get(`${name}/manifest.json`)) as { files: Record<string, string> }).files };
}

test("a learned folder holds what its manifest lists, and a report again is the same report", async () => {
  const set =
    "--set awake.method=simulated --set awake.runs=200 --set optimizer.roughness=1e-3 --set optimizer.iterations=2 --quiet";
  expect((await dbd(`learn few.yaml --out w1 --workers 1 ${set}`)).code).toBe(0);
  const one = hashes("w1");
  expect(one.found).toEqual(one.listed);
  expect(Object.keys(one.listed)).toEqual(expect.arrayContaining(["report.html", "result.json", "moments.csv"]));
  expect(JSON.parse(get("w1/manifest.json"))).toMatchObject({ seed: "dbd", workers: 1, input: { chart: "identity" } });
  const text = Object.keys(one.found)
    .map((file) => get(`w1/${file}`))
    .join("");
  expect(text).not.toContain(folder); // no path
  expect((await dbd(`learn few.yaml --out w1 ${set}`)).code).toBe(2); // not overwritten by accident
  expect((await dbd(`learn few.yaml --out w1 --resume ${set}`)).out).toContain("is complete");
  expect((await dbd("report w1")).out).toContain("report.html");
  expect(hashes("w1").found).toEqual(one.listed); // the report again is the same report
  expect((await dbd("report w1 w1 --out both")).code).toBe(0);
  expect(get("both/report.html")).toContain("side by side");
  expect((await dbd("report w1 w1")).code).toBe(2);
});

test("gradient prints h, remainders and slopes, and passes on smooth functions", async () => {
  const { code, out } = await dbd("gradient few.yaml --set dynamics.function=hermite --csv - --quiet");
  expect(out.split("\n")[0]).toBe("h,remainder0,remainder1,slope");
  expect(code).toBe(0);
  const text = (await dbd("gradient few.yaml --quiet")).out;
  expect(text).toMatch(/passed|FAILED/);
});

test("check lists what a model and an experiment contain", async () => {
  expect((await dbd("check decay.dbd")).out).toContain("A -> 0 @ 1");
  const { code, out } = await dbd("check decay.yaml");
  expect([code, out]).toEqual([0, expect.stringContaining("reduced to A: 1 interaction, counting base")]);
  expect(out).toContain("ν = 0.9");
  expect(JSON.parse((await dbd("check annihilation --json -")).out)).toMatchObject({ kind: "experiment" });
});

test("the list of demos is what programs read", async () => {
  const list = JSON.parse((await dbd("demo --list --json -")).out) as { name: string; title: string; file: string }[];
  expect(list.map(({ name }) => name)).toEqual([
    "birth-death",
    "annihilation",
    "dimerisation",
    "ip3",
    "ip3-from-closed",
  ]);
  for (const { file, title } of list) expect([existsSync(file), title.length > 0]).toEqual([true, true]);
  expect((await dbd("demo --list")).out).toContain("birth-death");
});

test("demo without a name runs the showcase into one folder with one report, its path last", async () => {
  const { code, out } = await dbd("demo --quick --quiet --out show");
  expect([code, out.trimEnd().split("\n").at(-1)]).toEqual([0, join(folder, "show/report.html")]);
  expect(readdirSync(join(folder, "show")).sort()).toEqual([
    "annihilation",
    "birth-death",
    "manifest.json",
    "report.html",
  ]);
  expect(hashes("show").found).toEqual(hashes("show").listed);
});

test.runIf(browserTests)(
  "the demo's report in Chromium at 1280 pixels: no console message, no clipped or overlapping text, no sideways scrolling",
  async () => {
    const { results, console } = await measurePages([{ html: get("show/report.html"), widths: [1280] }]);
    expect(results).toMatchObject([{ width: 1280, problems: [], errors: [], sideways: 0 }]);
    expect(results[0]?.texts).toBeGreaterThan(100);
    expect(console).toEqual([]);
  },
  60_000,
);
