import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { type Ran, session } from "../testing/session.ts";

const { dbd, folder, put, files, end } = session();
afterAll(end);
const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));

put("busy.dbd", "0 -> X @ 400\nX -> Y @ 1\nY -> 0 @ 1\nX = 0\nY = 0\n");
put("chain.dbd", "0 -> X @ 40\nX -> Y @ 1\nY -> 0 @ 1\nX = 0\nY = 0\n");
const start = (mean: number): string => `{ poisson: { X: ${mean} } }`;
put(
  "chain.yaml",
  `model: chain.dbd
initial: [${[5, 20, 50].map(start).join(", ")}]
heldOut: ${start(12)}
times: { start: 0, end: 30, steps: 10 }
awake: { method: simulated, runs: 256 }
family: { species: X, order: 1, base: poisson }
dynamics: { function: hermite, nodes: 5 }
optimizer: { iterations: 4, roughness: 1e-3 }
`,
);

/** Sends Ctrl-C to a process of its own as soon as a file is there. */
async function interruptProcess(line: string, file: string): Promise<Ran> {
  const child = spawn(process.execPath, [main, ...line.split(" ")], {
    env: { ...process.env, INIT_CWD: folder, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => void (out += String(chunk)));
  child.stderr.on("data", (chunk) => void (err += String(chunk)));
  const ended = new Promise<number>((resolve) => child.on("close", (code) => resolve(code ?? -1)));
  while (!existsSync(join(folder, file)) && child.exitCode === null) await wait(2);
  child.kill("SIGINT");
  return { code: await ended, out, err };
}

/** The same in this process: what Ctrl-C aborts is the signal, here at the first look at it once the file is there. */
async function interruptHere(line: string, file: string): Promise<Ran> {
  const stop = new AbortController();
  Object.defineProperty(stop.signal, "aborted", {
    get(): unknown {
      if (existsSync(join(folder, file))) stop.abort();
      return Reflect.get(AbortSignal.prototype, "aborted", stop.signal);
    },
  });
  return dbd(line, {}, stop.signal);
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
  ["simulate", interruptProcess, "simulate busy.dbd --runs 3000 --duration 4 --steps 8", "simulate", "runs-0.json"],
  ["learn", interruptHere, "learn chain.yaml", "learn", "awake-0.json"],
] as const;

test.each(jobs)("Ctrl-C in %s exits 130 with valid files only, and --resume ends in the same bits", async (...job) => {
  const [, interrupt, line, name, piece] = job;
  const cut = await interrupt(`${line} --workers 1 --out ${name}-cut --csv -`, `${name}-cut/unfinished/${piece}`);
  expect([cut.code, cut.out]).toEqual([130, ""]);
  expect(cut.err).toMatch(/interrupted.*--resume/);
  expect(cut.err).not.toMatch(/\n {4}at /);
  expectOnlyPieces(`${name}-cut`);
  for (const [more, message] of [
    ["", "--resume to continue"],
    [" --resume --seed other", "unfinished work of another command or seed"],
  ] as const) {
    const refused = await dbd(`${line} --out ${name}-cut${more}`);
    expect([refused.code, refused.out]).toEqual([2, ""]);
    expect(refused.err).toContain(message);
    expectOnlyPieces(`${name}-cut`);
  }
  expect((await dbd(`${line} --workers 1 --out ${name}-cut --resume --quiet`)).code).toBe(0);
  expect((await dbd(`${line} --workers 1 --out ${name}-whole --quiet`)).code).toBe(0);
  expect(numbers(`${name}-cut`)).toEqual(numbers(`${name}-whole`));
  expect((await dbd(`${line} --out ${name}-whole --resume`)).code).toBe(name === "learn" ? 0 : 2); // complete already
});
