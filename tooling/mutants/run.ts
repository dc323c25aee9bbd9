/**
 * Plants each fault of faults.ts in a copy of the tree and runs the tests named beside it: every fault must turn a
 * test red. A fault that no test sees, or whose text is no longer in the file, fails this run.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { faults } from "./faults.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const copy = mkdtempSync(join(tmpdir(), "dbd-mutants-"));
const skipped = new Set(["node_modules", ".git", "coverage", "results"].map((name) => join(root, name)));
cpSync(root, copy, { recursive: true, verbatimSymlinks: true, filter: (source) => !skipped.has(source) });
symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));

const failures = (tests: readonly string[]): number => {
  const { stdout } = spawnSync("vitest", ["run", ...tests], { cwd: copy, encoding: "utf8" });
  return Number(/^\d+ passed, (\d+) failed/m.exec(stdout)?.[1] ?? Number.NaN);
};

let missed = 0;
for (const { name, file, find, replace, tests } of faults) {
  const path = join(copy, file);
  const source = readFileSync(path, "utf8");
  if (!source.includes(find)) throw new Error(`mutant "${name}": its text is not in ${file}`);
  writeFileSync(
    path,
    source.replaceAll(find, () => replace),
  );
  const red = failures(tests);
  writeFileSync(path, source);
  if (!(red > 0)) missed++;
  console.log(`${red > 0 ? "caught" : "MISSED"}  ${name} (${red} tests red)`);
}
const clean = failures([...new Set(faults.flatMap(({ tests }) => tests))]);
rmSync(copy, { recursive: true, force: true });
console.log(`${faults.length - missed} of ${faults.length} faults caught; ${clean} tests red without a fault`);
if (missed > 0 || clean !== 0) process.exit(1);
