import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "dbd-main-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const main = fileURLToPath(new URL("main.ts", import.meta.url));
const words = (line: string): string[] => ["--conditions=@dbd/source", "--import", "tsx", main, ...line.split(" ")];
const options = { env: { ...process.env, INIT_CWD: folder, NO_COLOR: "1" } };

function dbd(line: string): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, words(line), { ...options, encoding: "utf8" });
  return { code: status, out: stdout, err: stderr };
}

writeFileSync(join(folder, "decay.dbd"), "A -> 0 @ 1\nA = 1000\n");
writeFileSync(join(folder, "bad.yaml"), "model: decay.dbd\nfamly: 1\n");

test("a process ends with the exit code, its message on stderr, nothing on stdout", () => {
  expect(dbd("learn bad.yaml")).toEqual({
    code: 2,
    out: "",
    err: expect.stringMatching(/bad\.yaml:2:1 {2}famly: found unknown key "famly".*Did you mean "family"\?/) as string,
  });
  expect(dbd("simulate decay.dbd --trajectories x.npz")).toMatchObject({ code: 3, out: "" });
  expect(dbd("--version")).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string });
});

test("Ctrl-C ends with 130 and valid files only; --resume gives the same bits", async () => {
  const line = "simulate decay.dbd --runs 24000 --steps 20 --duration 5 --seed 7 --workers 1";
  const child = spawn(process.execPath, words(`${line} --out cut`), { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => (out += String(chunk)));
  child.stderr.on("data", (chunk) => (err += String(chunk)));
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  while (!existsSync(join(folder, "cut/unfinished/runs-32.json")) && child.exitCode === null) await wait(2);
  child.kill("SIGINT");
  expect([await ended, out, err]).toEqual([130, "", expect.stringContaining("continue with --resume")]);
  expect(readdirSync(join(folder, "cut"))).toEqual(["unfinished"]); // no table, no manifest, nothing half-written
  for (const name of readdirSync(join(folder, "cut/unfinished")))
    if (name !== "key") JSON.parse(readFileSync(join(folder, "cut/unfinished", name), "utf8"));
  expect(dbd(`${line} --out cut --resume`).code).toBe(0);
  expect(dbd(`${line} --out whole`).code).toBe(0);
  const read = (name: string): string => readFileSync(join(folder, name, "moments.csv"), "utf8");
  expect(read("cut")).toBe(read("whole"));
  expect(existsSync(join(folder, "cut/unfinished"))).toBe(false);
}, 120_000);
