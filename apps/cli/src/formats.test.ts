import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseNetwork } from "@dbd/cme";
import { readHdf5 } from "@dbd/formats/hdf5";
import { readNpz } from "@dbd/formats/npz";
import { afterAll, expect, test } from "vitest";
import { session } from "../testing/session.ts";

const data = process.env["DBD_TEST_DATA"];
const note = data === undefined ? " (skipped: DBD_TEST_DATA is not set)" : "";
const { dbd, put, get, folder, end } = session();
afterAll(end);

const table = (text: string, cut: RegExp): number[][] =>
  text
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(cut).map(Number));

// The number of the contract: 1e-4 of a column's largest value. BioNetGen itself integrates to about 1e-8.
test.skipIf(data === undefined).each([
  ["simple_system", "--species", "cdat"],
  ["simple_system", "--observables", "gdat"],
  ["Repressilator", "--species", "cdat"],
  ["Repressilator", "--observables", "gdat"],
])(`dbd rate %s.net %s agrees with BioNetGen's .%s${note}`, async (name, flag, extension) => {
  copyFileSync(join(data ?? "", "models", `${name}.net`), join(folder, `${name}.net`));
  const text = readFileSync(join(data ?? "", "models", `${name}.${extension}`), "utf8");
  const wanted = table(text, /\s+/);
  put(`${name}.times`, wanted.map(([time]) => String(time)).join("\n"));
  const { code, out } = await dbd(`rate ${name}.net --grid ${name}.times ${flag} --csv - --quiet`);
  expect(code).toBe(0);
  const names = (text.split("\n")[0] ?? "").trim().split(/\s+/).slice(2);
  const header = extension === "cdat" ? names.map((number) => `S${number}`) : names;
  expect(out.split("\n")[0]).toBe(["time", ...header].join(","));
  const got = table(out, /,/);
  expect(got).toHaveLength(wanted.length);
  header.forEach((column, j) => {
    const largest = Math.max(...wanted.map((row) => Math.abs(row[j + 1] ?? Number.NaN)));
    const worst = Math.max(...wanted.map((row, t) => Math.abs((got[t]?.[j + 1] ?? 0) - (row[j + 1] ?? Number.NaN))));
    expect(worst / largest, column).toBeLessThan(1e-4);
  });
});

put(
  "tank.ant",
  "compartment V = 4\nspecies A in V = 2\nsubstanceOnly species N in V = 10\nJ: A => N; k*A*V\nD: 2 N => ; k*N*(N - 1)\nk = 0.5\ny := 2*N\n",
);

test("dbd rate: amounts, concentrations and rules, in the order of --vars", async () => {
  const { out } = await dbd("rate tank.ant --vars y,A,N --concentration A --duration 1 --steps 1 --csv - --quiet");
  expect(out.split("\n")[0]).toBe("time,y,A,N");
  const [first, last] = table(out, /,/);
  expect(first).toEqual([0, 20, 2, 10]);
  // A decays at k of its concentration, whatever the size; y follows N.
  expect(last?.[2]).toBeCloseTo(2 * Math.exp(-0.5), 7);
  expect(last?.[1]).toBeCloseTo(2 * (last?.[3] ?? 0), 9);
  const amounts = await dbd("rate tank.ant --duration 1 --steps 1 --csv - --quiet");
  expect(amounts.out.split("\n")[0]).toBe("time,A,N");
  expect(table(amounts.out, /,/)[0]).toEqual([0, 8, 10]);
});

test("rates of Antimony are taken as written: n(n − 1), not n²", async () => {
  put("pair.ant", "substanceOnly species N = 2\nD: 2 N => ; 0.5*N*(N - 1)\n");
  const { out } = await dbd(
    "rate pair.ant --grid times.txt --csv - --quiet --duration 0.001 --steps 1".replace("--grid times.txt ", ""),
  );
  // dN/dt = −N(N − 1) = −2 at the start; mass action in the limit of many copies would have −4.
  expect(((table(out, /,/)[1]?.[1] ?? 0) - 2) / 0.001).toBeCloseTo(-2, 1);
});

test("dbd convert goes through every format and back; stdout carries the model alone", async () => {
  put("chain.dbd", "2 A -> B @ k\nB -> 0 @ = v*B/(1 + B)\nA = 30\nB = 4\nk = 0.5\nv = 3\n");
  for (const line of [
    "convert chain.dbd chain.xml",
    "convert chain.xml chain.ant --quiet",
    "convert chain.ant out --to net",
    "convert out chain2.dbd",
  ])
    expect(await dbd(line), line).toMatchObject({ code: 0, out: "" });
  const network = parseNetwork(get("chain2.dbd"));
  expect(network.initial).toEqual([30, 4]);
  const exact = "--duration 1 --steps 2 --csv - --quiet --vars";
  const [a, b] = [
    await dbd(`exact chain.dbd ${exact} A`),
    await dbd(`simulate chain2.dbd --runs 9 --vars S1 --csv - --quiet`),
  ];
  expect([a.code, b.code]).toEqual([0, 0]);
  const { out } = await dbd("convert chain.dbd --to sbml");
  expect(out).toBe(get("chain.xml"));
  expect((await dbd("convert chain.dbd chain.xml")).code).toBe(2);
  expect((await dbd("convert chain.dbd chain.xml --force")).code).toBe(0);
});

test("what a format does not hold exits 3 by name, and nothing is written", async () => {
  put("event.dbd", "A -> 0 @ 1\nA = 9\nevent: when A < 3; set A = 9\n");
  const { code, err } = await dbd("convert event.dbd event.net");
  expect(code).toBe(3);
  expect(err).toContain("an event in a .net file is not supported");
  expect(() => get("event.net")).toThrow();
});

test("--method runs the method of that name, and auto says why it chose", async () => {
  put("decay.dbd", "A -> 0 @ 1\nA = 20\n");
  for (const method of ["sorting-direct", "next-reaction", "composition-rejection", "tau-leap", "direct", "auto"]) {
    const { code, out } = await dbd(`simulate decay.dbd --runs 3 --steps 2 --method ${method} --out ${method} --quiet`);
    expect([code, method]).toEqual([0, method]);
    const used = method === "auto" ? "direct" : method;
    expect(out).toContain(`${used} method`);
    const manifest = JSON.parse(get(`${method}/manifest.json`)) as { method: { name: string; why: string } };
    expect(manifest.method.name).toBe(used);
    expect(manifest.method.why).toMatch(method === "auto" ? /1 reactions, at most \d+/ : /asked for/);
  }
});

test("trajectories are the same numbers as .csv, .npz and .h5", async () => {
  put("pair.dbd", "A -> B @ 1\nB -> A @ 0.5\nA = 30\n");
  const line = "simulate pair.dbd --runs 40 --duration 2 --steps 2 --quiet --trajectories";
  for (const extension of ["csv", "npz", "h5"]) expect((await dbd(`${line} t.${extension}`)).code).toBe(0);
  const npz = readNpz(readFileSync(join(folder, "t.npz")));
  expect(npz.get("trajectories")?.shape).toEqual([40, 3, 2]);
  expect(npz.get("species")?.data).toEqual(["A", "B"]);
  expect([...(npz.get("times")?.data ?? [])]).toEqual([0, 1, 2]);
  const rows = table(get("t.csv"), /,/);
  expect(rows.flatMap((row) => row.slice(2))).toEqual([...(npz.get("trajectories")?.data ?? [])]);
  const hdf5 = await readHdf5(readFileSync(join(folder, "t.h5")));
  expect([...hdf5.keys()].toSorted()).toEqual(["species", "times", "trajectories"]);
  for (const [name, array] of npz) expect(hdf5.get(name)).toEqual(array);
});

test("dbd check says which commands would refuse a model, and why", async () => {
  put("event.ant", "substanceOnly species A = 9\nJ: A => ; k*A\nk = 1\nat A < 3: A = 9\n");
  const { out } = await dbd("check event.ant --json -");
  const { wouldNotRun } = JSON.parse(out) as { wouldNotRun: { command: string; why: string }[] };
  expect(wouldNotRun.map(({ command }) => command)).toEqual(["exact", "closure"]);
  expect(wouldNotRun[0]?.why).toContain("an event (event 1) here is not supported");
  expect((await dbd("check event.ant")).out).toMatch(/runs with: dbd simulate, dbd rate$/m);
  put("waste.ant", "substanceOnly species A = 9.5\nx = 0\nx' = 1\nJ: A => ; A\n");
  expect((await dbd("check waste.ant")).out).toContain("runs with: dbd rate");
});
