import { isAbsolute } from "node:path";
import { afterAll, expect, test } from "vitest";
import { session } from "../testing/session.ts";

const { dbd, put, get, end } = session();
afterAll(end);

put("pair.dbd", "X -> Y @ 1\nY -> X @ 0.5\nX = 30\nY = 4\n");
put(
  "small.yaml",
  `model: pair.dbd
initial: [{ poisson: { X: 6, Y: 0 } }, { poisson: { X: 9, Y: 0 } }]
heldOut: { poisson: { X: 7, Y: 0 } }
times: { start: 0.1, end: 1, steps: 6 }
awake: { method: simulated, runs: 400 }
family: { species: X, order: 1 }
dynamics: { function: hermite, nodes: 4 }
optimizer: { iterations: 3, roughness: 1e-3 }
`,
);

const grid = "--duration 2 --steps 2";
const header = (text: string): string | undefined => text.split("\n")[0];
const fileHashes = (folder: string): unknown =>
  (JSON.parse(get(`${folder}/manifest.json`)) as { files: unknown }).files;

test("every CSV has exactly the columns of the contract", async () => {
  const simulate = await dbd(`simulate pair.dbd --runs 40 ${grid} --csv - --quiet`);
  expect(simulate.out.trimEnd().split("\n")).toHaveLength(4);
  expect(header(simulate.out)).toBe("time,X-mean,X-sd,Y-mean,Y-sd");
  expect(header((await dbd(`simulate pair.dbd --runs 40 ${grid} --vars Y --csv - --quiet`)).out)).toBe(
    "time,Y-mean,Y-sd",
  );
  expect(header((await dbd(`exact pair.dbd ${grid} --csv - --quiet`)).out)).toBe("time,X-mean,X-sd,Y-mean,Y-sd");
  await dbd(`exact pair.dbd ${grid} --marginal X x.csv --marginal Y y.csv --quiet`);
  expect([header(get("x.csv")), header(get("y.csv"))]).toEqual(["time,n,p", "time,n,p"]);
  await dbd(`simulate pair.dbd --runs 2 ${grid} --trajectories t.csv --quiet`);
  expect(header(get("t.csv"))).toBe("run,time,X,Y");
  const gradient = await dbd("gradient small.yaml --workers 1 --csv - --quiet");
  expect([gradient.code, header(gradient.out)]).toEqual([0, "h,remainder0,remainder1,slope"]);
});

test("a marginal adds up to one at every time, and its mean is the table's", async () => {
  const { out } = await dbd(`exact pair.dbd ${grid} --marginal X m.csv --csv - --quiet`);
  const rows = get("m.csv").trimEnd().split("\n").slice(1);
  const numbers = rows.map((row) => row.split(",").map(Number) as [number, number, number]);
  for (const line of out.trimEnd().split("\n").slice(1)) {
    const [time, mean] = line.split(",").map(Number);
    const here = numbers.filter(([t]) => t === time);
    expect(here.reduce((sum, [, , p]) => sum + p, 0)).toBeCloseTo(1, 7);
    expect(here.reduce((sum, [, n, p]) => sum + n * p, 0)).toBeCloseTo(mean ?? Number.NaN, 5);
  }
});

test("stdout carries the CSV or JSON that was asked for, and nothing else", async () => {
  const csv = await dbd(`simulate pair.dbd --runs 40 ${grid} --csv -`);
  for (const line of csv.out.trimEnd().split("\n").slice(1)) expect(line).toMatch(/^[\d.e+-]+(,[\d.e+-]+){4}$/);
  for (const line of [
    `simulate pair.dbd --runs 40 ${grid}`,
    `exact pair.dbd ${grid}`,
    "gradient small.yaml --workers 1",
    "check small.yaml",
    "demo --list",
  ]) {
    const { code, out } = await dbd(`${line} --json -`);
    expect(code).toBe(0);
    expect(() => void JSON.parse(out)).not.toThrow();
  }
});

test("--quiet leaves stderr empty, and stdout has one short table without --csv or --json", async () => {
  const { code, out, err } = await dbd("exact pair.dbd --quiet");
  expect([code, err]).toEqual([0, ""]);
  expect(out.split("\n").length).toBeLessThan(20);
  expect(out).toMatch(/^time +X-mean +X-sd +Y-mean +Y-sd$/m);
});

test("the list of demos is a list of name, title and an absolute file", async () => {
  const list = JSON.parse((await dbd("demo --list --json -")).out) as Record<string, string>[];
  expect(list.length).toBeGreaterThanOrEqual(3);
  for (const entry of list) {
    expect(Object.keys(entry)).toEqual(["name", "title", "file"]);
    expect(isAbsolute(entry["file"] ?? "")).toBe(true);
  }
});

test("paths are relative to INIT_CWD: models, grids, tables and folders", async () => {
  put("grid.txt", "0.5\n1.5\n");
  const { code } = await dbd("exact pair.dbd --grid grid.txt --csv sub/table.csv --out sub/result --quiet");
  expect(code).toBe(0);
  expect(get("sub/table.csv").trimEnd().split("\n")).toHaveLength(3);
  expect(get("sub/result/moments.csv")).toBe(get("sub/table.csv"));
});

test("simulate gives the same files for one and two workers, and other files for another seed", async () => {
  const line = `simulate pair.dbd --runs 600 ${grid} --quiet`;
  for (const [name, more] of [
    ["s1", "--workers 1"],
    ["s2", "--workers 2"],
    ["s3", "--workers 2 --seed other"],
  ] as const)
    expect((await dbd(`${line} --out ${name} ${more}`)).code).toBe(0);
  expect(fileHashes("s2")).toEqual(fileHashes("s1"));
  expect(fileHashes("s3")).not.toEqual(fileHashes("s1"));
});

test("learn gives the same files for one and two workers", async () => {
  // One start only: every start opens its threads anew, from source that takes seconds.
  put(
    "one.yaml",
    get("small.yaml")
      .replace(/initial: .*/, "initial: { poisson: { X: 6, Y: 0 } }")
      .replace(/heldOut.*\n/, ""),
  );
  for (const n of [1, 2]) expect((await dbd(`learn one.yaml --workers ${n} --out l${n} --quiet`)).code).toBe(0);
  expect(fileHashes("l2")).toEqual(fileHashes("l1"));
});
