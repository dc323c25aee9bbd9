import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

/** Packages that a module needs as soon as it is loaded, through all of its own files; `import()` does not count. */
function packagesOf(file: string, seen: Set<string> = new Set()): Set<string> {
  const packages = new Set<string>();
  if (seen.has(file)) return packages;
  seen.add(file);
  const text = readFileSync(file, "utf8").replaceAll(/^import type [^;]*;$/gm, "");
  for (const [, from] of text.matchAll(/^(?:import|export) (?!type )[^;]*? from "([^"]+)";$/gm)) {
    if (!from.startsWith(".")) packages.add(from);
    else for (const name of packagesOf(join(dirname(file), from), seen)) packages.add(name);
  }
  return packages;
}

test.each([
  ["sbml", ["saxes"]],
  ["net", []],
  ["antimony", []],
  ["dbd", []],
  ["csv", []],
  ["simularium", []],
  ["npz", ["fflate"]],
  ["hdf5", []], // h5wasm is loaded by the first call
])("@dbd/formats/%s loads no other format's library", (name, libraries) => {
  const found = packagesOf(fileURLToPath(new URL(`${name}.ts`, import.meta.url)));
  expect([...found].filter((other) => !other.startsWith("@dbd/"))).toEqual(libraries);
});
