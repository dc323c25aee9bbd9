import { readdirSync, readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { session } from "../testing/session.ts";

const { dbd, get, end } = session();
afterAll(end);

interface Row {
  readonly method: string;
  readonly role: string;
  readonly meanError: number;
  readonly varianceError: number;
  readonly excess: number;
}

/** Learns, and gives the learned rows of one role. */
async function learned(line: string, role: string, env: Readonly<Record<string, string>> = {}): Promise<Row[]> {
  const { code, out, err } = await dbd(`learn ${line} --quiet --json -`, env);
  expect([code, err]).toEqual([0, ""]);
  const { accuracy } = JSON.parse(out) as { accuracy: Row[] };
  return accuracy.filter((row) => row.method === "learned" && row.role === role);
}

/** Cells of a CSV by column name. */
function table(text: string): Readonly<Record<string, string>>[] {
  const [first = "", ...lines] = text.trimEnd().split("\n");
  const names = first.split(",");
  return lines.map((line) => {
    const cells = line.match(/("[^"]*"|[^,]*)(,|$)/g)?.map((cell) => cell.replace(/,$/, "").replaceAll('"', "")) ?? [];
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? ""]));
  });
}

/** A + A -> 0, k = 1, from Poisson(10): mean and variance of the master equation solved on 61 states. */
const annihilation = [
  [0.02, 8.34564, 7.17884],
  [0.05, 6.70985, 5.13939],
  [0.1, 5.08395, 3.59345],
  [0.2, 3.45971, 2.32996],
  [0.5, 1.83071, 1.19708],
  [1, 1.09221, 0.697086],
  [2, 0.687238, 0.411285],
  [5, 0.509097, 0.259015],
] as const;

/** Cubic through the four points around x; the grid is even in log t, its error here is below 1e-5. */
function interpolate(xs: readonly number[], ys: readonly number[], x: number): number {
  const first = Math.min(Math.max(0, xs.findIndex((v) => v > x - 1e-12) - 2), xs.length - 4);
  const at = [0, 1, 2, 3].map((i) => first + i);
  return at.reduce((sum, i) => {
    const weight = at.reduce((w, j) => (j === i ? w : (w * (x - xs[j])) / (xs[i] - xs[j])), 1);
    return sum + weight * ys[i];
  }, 0);
}

test("annihilation as bundled: from a start never seen, mean within 1 %, variance 2 %, KL 3e-4 above the floor at all times", async () => {
  const rows = await learned("annihilation --out bundled", "heldOut");
  expect(rows.length).toBeGreaterThan(0);
  for (const { meanError, varianceError, excess } of rows) {
    expect(meanError).toBeLessThanOrEqual(0.01);
    expect(varianceError).toBeLessThanOrEqual(0.02);
    expect(excess).toBeLessThanOrEqual(3e-4);
  }
});

test("annihilation with Poisson(10) held out meets the published moments at eight times", async () => {
  const set = "--set initial.1.poisson=14 --set heldOut.0.poisson=10 --out ten";
  const [row] = await learned(`annihilation ${set}`, "heldOut");
  expect(row?.excess).toBeLessThanOrEqual(3e-4);
  const rows = table(get("ten/moments.csv")).filter(({ role }) => role === "held out");
  const column = (name: string): number[] => rows.map((cells) => Number(cells[name]));
  const logs = column("time").map(Math.log);
  const variance = (name: string): number[] => column(name).map((sd) => sd * sd);
  for (const [time, mean, v] of annihilation) {
    const at = (values: number[]): number => interpolate(logs, values, Math.log(time));
    expect(Math.abs(at(column("exactMean")) / mean - 1)).toBeLessThan(1e-4);
    expect(Math.abs(at(variance("exactSd")) / v - 1)).toBeLessThan(1e-4);
    expect(Math.abs(at(column("learnedMean")) / mean - 1)).toBeLessThanOrEqual(0.01);
    expect(Math.abs(at(variance("learnedSd")) / v - 1)).toBeLessThanOrEqual(0.02);
  }
});

test("birth and death: the learned F predicts exponential decay from three starts never seen", async () => {
  const rows = await learned("birth-death --out decay", "heldOut");
  expect(rows).toHaveLength(3);
  for (const { meanError, excess } of rows) {
    expect(meanError).toBeLessThanOrEqual(1e-3);
    expect(excess).toBeLessThanOrEqual(1e-6);
  }
  // ⟨n⟩(t) = ⟨n⟩(0) e^(−(kD − kB)t): independent of the program's own master equation.
  let first = Number.NaN;
  for (const cells of table(get("decay/moments.csv")).filter(({ role }) => role === "held out")) {
    const time = Number(cells["time"]);
    if (time === 0) first = Number(cells["exactMean"]);
    expect(Math.abs(Number(cells["learnedMean"]) / (first * Math.exp(-time)) - 1)).toBeLessThanOrEqual(1e-3);
  }
});

for (const [name, smaller] of [
  ["birth-death", "--set optimizer.iterations=5"],
  ["annihilation", "--set dynamics.nodes=[8,5] --set times.steps=40"],
])
  test(`the gradient of ${name} with smooth functions passes the Taylor test`, async () => {
    const { code, out } = await dbd(`gradient ${name} --set dynamics.function=hermite ${smaller} --quiet --json -`);
    expect(code).toBe(0);
    const { passed, rows } = JSON.parse(out) as { passed: boolean; rows: { slope: number; judged: boolean }[] };
    const judged = rows.filter((row) => row.judged);
    expect([passed, judged.length >= 5]).toEqual([true, true]);
    for (const { slope } of judged) expect(Math.abs(slope - 2)).toBeLessThanOrEqual(0.05);
  });

const data = process.env["DBD_TEST_DATA"] ?? "";
if (data === "") console.log("targets: DBD_TEST_DATA is not set; the SBML test suite's cases are skipped");

test.skipIf(data === "")(
  "dimerisation: mean within 0.01 %, KL within 1.2 floors + 1e-5 at every integer time",
  async () => {
    const rows = await learned("dimerisation --out dimers", "training", { DBD_TEST_DATA: data });
    expect(rows).toHaveLength(1);
    expect(rows[0]?.meanError).toBeLessThan(1e-4);
    expect(rows[0]?.varianceError).toBeLessThan(1e-3);
    expect(rows[0]?.excess).toBeLessThan(1e-7);
    const times = table(get("dimers/moments.csv"));
    expect(times.map(({ time }) => Number(time))).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    for (const { kl, floor } of times) expect(Number(kl)).toBeLessThanOrEqual(1.2 * Number(floor) + 1e-5);
  },
);

test.skipIf(data === "").each(["00001", "00020", "00030"])(
  "case %s of the SBML test suite runs, and its mean lies within 4.5 standard errors",
  async (id) => {
    const folder = `${data}/dsmts/${id}`;
    const names = readdirSync(folder);
    const model = names.find((name) => /sbml-l3.*\.xml$/.test(name)) ?? "";
    const reference = table(readFileSync(`${folder}/${id}-results.csv`, "utf8"));
    const runs = 400;
    const line = `simulate ${folder}/${model} --runs ${runs} --duration 50 --steps 50 --workers 1 --csv - --quiet`;
    const { code, out } = await dbd(line);
    expect(code).toBe(0);
    const rows = table(out);
    expect(rows).toHaveLength(reference.length);
    for (const [name] of Object.entries(rows[0] ?? {}).filter(([key]) => key.endsWith("-mean"))) {
      const sd = name.replace("-mean", "-sd");
      if (reference[0]?.[name] === undefined) continue;
      // 51 times are no independent tests: 4.5 standard errors of one are passed by chance less than once in 2000 runs.
      for (const [t, row] of rows.entries()) {
        const error = Number(reference[t]?.[sd]) / Math.sqrt(runs);
        expect(Math.abs(Number(row[name]) - Number(reference[t]?.[name]))).toBeLessThanOrEqual(4.5 * error + 1e-9);
      }
    }
  },
);
