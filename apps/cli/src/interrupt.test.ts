import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { session } from "../testing/session.ts";

const { folder, put, files, end } = session();
afterAll(end);
const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));

put("busy.dbd", "0 -> X @ 400\nX -> Y @ 1\nY -> 0 @ 1\nX = 0\nY = 0\n");
put("chain.dbd", "0 -> X @ 40\nX -> Y @ 1\nY -> 0 @ 1\nX = 0\nY = 0\n");
const start = (mean: number): string => `{ poisson: { X: ${mean} } }`;
put(
  "chain.yaml",
  `model: chain.dbd
initial: [${[5, 10, 20, 30, 50].map(start).join(", ")}]
heldOut: ${start(12)}
times: { start: 0, end: 4, steps: 10 }
awake: { method: simulated, runs: 12000 }
family: { species: X, order: 1, base: poisson }
dynamics: { function: hermite, nodes: 5 }
optimizer: { iterations: 4, roughness: 1e-3 }
`,
);

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; out: string; err: string }>;
}

function run(line: string): Running {
  const child = spawn(process.execPath, [main, ...line.split(" ")], {
    env: { ...process.env, INIT_CWD: folder, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => void (out += String(chunk)));
  child.stderr.on("data", (chunk) => void (err += String(chunk)));
  return { child, ended: new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err }))) };
}

/** Sends Ctrl-C as soon as a file is there. */
async function interruptAt(line: string, file: string): ReturnType<() => Running["ended"]> {
  const { child, ended } = run(line);
  while (!existsSync(join(folder, file)) && child.exitCode === null) await wait(2);
  child.kill("SIGINT");
  return ended;
}

/** What an interrupted command leaves: its finished pieces, each complete, and nothing under a final name. */
function expectOnlyPieces(out: string): void {
  const left = files(out);
  expect(left.size).toBeGreaterThan(1);
  for (const [name, text] of left) {
    expect(name).toMatch(/^unfinished\/(key|[a-z]+-\d+\.json)$/);
    if (name !== "unfinished/key") JSON.parse(text);
  }
}

/** All files but the manifest, which has durations. */
const numbers = (out: string): ReadonlyMap<string, string> =>
  new Map([...files(out)].filter(([name]) => name !== "manifest.json"));

const jobs = [
  ["simulate", "simulate busy.dbd --runs 16000 --duration 4 --steps 8 --workers 2", "runs-0.json"],
  ["learn", "learn chain.yaml --workers 2", "awake-0.json"],
] as const;

test.each(jobs)("Ctrl-C in %s exits 130 with valid files only, and --resume ends in the same bits", async (...job) => {
  const [name, line, piece] = job;
  const cut = await interruptAt(`${line} --out ${name}-cut --csv -`, `${name}-cut/unfinished/${piece}`);
  expect([cut.code, cut.out]).toEqual([130, ""]);
  expect(cut.err).toMatch(/interrupted.*--resume/);
  expect(cut.err).not.toMatch(/\n {4}at /);
  expectOnlyPieces(`${name}-cut`);
  const refused = await run(`${line} --out ${name}-cut`).ended;
  expect([refused.code, refused.out]).toEqual([2, ""]);
  expect(refused.err).toContain("--resume to continue");
  expectOnlyPieces(`${name}-cut`);
  expect((await run(`${line} --out ${name}-cut --resume --quiet`).ended).code).toBe(0);
  expect((await run(`${line} --out ${name}-whole --quiet`).ended).code).toBe(0);
  expect(numbers(`${name}-cut`)).toEqual(numbers(`${name}-whole`));
});
