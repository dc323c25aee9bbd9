import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

// CONTRIBUTING.md promises an integrator in one folder. Its text is built here outside the package, where `@dbd/ode` is
// nothing but a dependency in node_modules.
const here = fileURLToPath(new URL(".", import.meta.url));
const contributing = readFileSync(join(here, "../../../CONTRIBUTING.md"), "utf8");
const fences = [...contributing.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, body]) => body ?? "");
const [integrator = "", itsTest = ""] = fences;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dbd-contribution-"));
  mkdirSync(join(folder, "node_modules/@dbd"), { recursive: true });
  symlinkSync(join(here, ".."), join(folder, "node_modules/@dbd/ode"), "junction");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the kit on every export of an integrator file in its own process; resolves to the problems found. */
async function conformanceOf(name: string, source: string): Promise<unknown> {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, "index.ts"), source);
  writeFileSync(
    join(folder, name, "check.ts"),
    `import { integratorConformance } from "@dbd/ode/testing";
     import * as contribution from "./index.ts";
     console.log(JSON.stringify(Object.values(contribution).map(integratorConformance)));`,
  );
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--conditions=@dbd/source", "--import", import.meta.resolve("tsx"), join(folder, name, "check.ts")],
    { cwd: folder },
  );
  return JSON.parse(stdout);
}

test("the recipe is an integrator in ten lines and the test that the package's own methods have", () => {
  expect(fences).toHaveLength(2);
  expect(integrator.trimEnd().split("\n").length).toBeLessThanOrEqual(10);
  const ours = readFileSync(join(here, "integrators/heun/index.test.ts"), "utf8");
  expect(itsTest).toBe(ours.replaceAll("heun", "ralston3"));
});

test("the recipe's integrator conforms outside the package", async () => {
  expect(await conformanceOf("ralston3", integrator)).toEqual([[]]);
});

test("the recipe's integrator with a mistyped coefficient is refused", async () => {
  const mistyped = integrator.replace("3 / 4", "4 / 3");
  expect(mistyped).not.toBe(integrator);
  await expect(conformanceOf("mistyped", mistyped)).rejects.toThrow(/explicitRungeKutta\(ralston3\): the condition/);
});
