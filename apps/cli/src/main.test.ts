import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { wantsColor } from "./io.ts";

const folder = mkdtempSync(join(tmpdir(), "dbd-main-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));

function dbd(line: string, variables = {}): { code: number | null; out: string; err: string } {
  const env = { ...process.env, INIT_CWD: folder, NO_COLOR: "1", ...variables };
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...line.split(" ")], { env, encoding: "utf8" });
  return { code: status, out: stdout, err: stderr };
}

writeFileSync(join(folder, "decay.dbd"), "A -> 0 @ 1\nA = 1000\n");
writeFileSync(join(folder, "bad.yaml"), "model: decay.dbd\nfamly: 1\n");

test("a process ends with the exit code, its message on stderr, in red where asked, nothing on stdout", () => {
  const coloured = { NO_COLOR: undefined, FORCE_COLOR: "1" };
  const { code, out, err } = dbd("learn bad.yaml", coloured);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toMatch(/bad\.yaml:2:1 {2}famly: found unknown key "famly".*Did you mean "family"\?/);
  expect(err).toContain("\u001b[31mdbd: \u001b[39m");
  expect(dbd("simulate", coloured).err).toMatch(/^dbd: missing/);
  expect(dbd("--version")).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string });
});

test("colours go to terminals, unless the environment says otherwise", () => {
  expect(wantsColor({}, true)).toBe(true);
  expect(wantsColor({ CI: "true" }, false)).toBe(false);
  expect(wantsColor({ FORCE_COLOR: "1" }, false)).toBe(true);
  expect(wantsColor({ FORCE_COLOR: "1", NO_COLOR: "1" }, true)).toBe(false);
});
