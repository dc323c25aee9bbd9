import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

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

test("a process ends with the exit code, its message on stderr, nothing on stdout", () => {
  expect(dbd("learn bad.yaml")).toEqual({
    code: 2,
    out: "",
    err: expect.stringMatching(/bad\.yaml:2:1 {2}famly: found unknown key "famly".*Did you mean "family"\?/) as string,
  });
  expect(dbd("simulate decay.dbd --trajectories x.npz")).toMatchObject({ code: 3, out: "" });
  const coloured = { NO_COLOR: undefined, FORCE_COLOR: "1" };
  expect(dbd("simulate", coloured).err).toMatch(/^dbd: missing/);
  expect(dbd("learn none.yaml", coloured).err).toContain("\u001b[31mdbd: \u001b[39m");
  expect(dbd("learn none.yaml", { NO_COLOR: undefined, FORCE_COLOR: undefined, CI: "true" }).err).toMatch(/^dbd: /);
  expect(dbd("--version")).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string });
});
