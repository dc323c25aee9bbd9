import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { codeFences } from "./fences.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);

// A package's example may use only what the package itself depends on, so it runs inside that package;
// the root's examples use everything, as the command line does.
const documents = [
  ["README.md", "tooling/bench"],
  ["docs/closures.md", "packages/cme"],
  ...readdirSync(join(root, "packages")).map((name) => [`packages/${name}/README.md`, `packages/${name}`]),
] as [string, string][];

for (const [document, home] of documents) {
  const fences = codeFences(readFileSync(join(root, document), "utf8"), "ts");
  test(`${document} shows an example`, () => {
    expect(fences.length).toBeGreaterThan(0);
  });
  test(`${document}: every ts fence runs and prints`, async () => {
    const folder = join(root, home, ".fences");
    mkdirSync(folder, { recursive: true });
    fences.forEach((code, i) => writeFileSync(join(folder, `${i}.ts`), code));
    const all = fences.map((_, i) => `await import("./${i}.ts");\nconsole.log("end of fence ${i + 1}");\n`).join("");
    writeFileSync(join(folder, "all.ts"), `${all}export {};\n`);
    try {
      const { stdout } = await run(process.execPath, ["--import", "tsx", join(folder, "all.ts")], {
        cwd: join(root, home),
      });
      const printed = stdout.split(/^end of fence \d+$/m);
      expect(printed).toHaveLength(fences.length + 1);
      for (const text of printed.slice(0, -1)) expect(text.trim()).not.toBe("");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

test("every npm script that README.md and CONTRIBUTING.md name exists", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  for (const document of ["README.md", "CONTRIBUTING.md"]) {
    const text = readFileSync(join(root, document), "utf8");
    for (const [, name] of text.matchAll(/npm run (?:-s )?([\w:]+)/g))
      expect(scripts, `${document}: ${name}`).toHaveProperty(name ?? "");
  }
});
