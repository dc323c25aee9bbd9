/**
 * Every gate that is not a test: lint, format, layers, unused code, packed packages, an install from tarballs,
 * a release on a scratch clone. Two at a time; a gate that fails prints its whole output. `gates NAME` runs one.
 */
import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { codeFences } from "./fences.ts";
import { readLayers, undeclaredLayers } from "./layers.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "dbd-gates-"));
const layers = readLayers(root);

/** Runs a shell command; rejects with all it printed when it fails. */
const sh = (command: string, cwd = root): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, { shell: true, cwd, stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    child.stdout.on("data", (d: Buffer) => (text += d));
    child.stderr.on("data", (d: Buffer) => (text += d));
    child.on("close", (code) => (code === 0 ? resolve(text) : reject(new Error(`$ ${command}\n${text}`))));
  });

const tarball = (name: string): string => {
  const file = readdirSync(scratch).find((f) => f.startsWith(`dbd-${name}-`) && f.endsWith(".tgz"));
  if (file === undefined) throw new Error(`no tarball of @dbd/${name}`);
  return join(scratch, file);
};

async function checkPackages(): Promise<void> {
  await sh(`pnpm -r --filter './packages/*' exec pnpm pack --pack-destination ${scratch}`);
  for (const name of Object.keys(layers)) {
    await Promise.all([sh(`publint run ${tarball(name)} --strict`), sh(`attw ${tarball(name)} --profile esm-only`)]);
  }
  await installFromTarballs("learn");
}

/** What a stranger gets: the package and its @dbd dependencies as tarballs, in an empty folder, and its README's example. */
async function installFromTarballs(name: string): Promise<void> {
  const folder = join(scratch, "install");
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  const ours = [name, ...(layers[name] ?? [])].map(tarball).join(" ");
  await sh(`npm install --ignore-scripts --no-audit --no-fund --loglevel=error ${ours}`, folder);
  const [example] = codeFences(readFileSync(join(root, "packages", name, "README.md"), "utf8"), "ts");
  if (example === undefined) throw new Error(`packages/${name}/README.md has no ts example`);
  writeFileSync(join(folder, "example.mjs"), example);
  const printed = await sh("node example.mjs", folder);
  if (printed.trim() === "") throw new Error(`the README example of @dbd/${name} printed nothing`);
}

/** `changeset version` on a clone, so that a release is known to work before it is needed. */
async function rehearseRelease(): Promise<void> {
  const clone = join(scratch, "clone");
  await sh(`git clone --quiet --no-hardlinks ${root} ${clone}`);
  cpSync(join(root, ".changeset"), join(clone, ".changeset"), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(clone, "node_modules"));
  const pending = readdirSync(join(clone, ".changeset")).some((f) => f.endsWith(".md") && f !== "README.md");
  if (!pending) return;
  await sh("changeset version", clone);
  const { version } = JSON.parse(readFileSync(join(clone, "packages/numerics/package.json"), "utf8")) as {
    version: string;
  };
  const before = JSON.parse(readFileSync(join(root, "packages/numerics/package.json"), "utf8")) as { version: string };
  if (version === before.version) throw new Error("changeset version left @dbd/numerics where it was");
  if (!existsSync(join(clone, "packages/numerics/CHANGELOG.md")))
    throw new Error("changeset version wrote no changelog");
}

const gates: Record<string, () => Promise<unknown>> = {
  packages: checkPackages,
  lint: () => sh("oxlint --type-aware --deny-warnings"),
  format: () => sh("biome format ."),
  layers: async () => {
    const wrong = undeclaredLayers(root, layers);
    if (wrong.length > 0) throw new Error(wrong.join("\n"));
    await sh("depcruise --config tooling/gates/cruise.cjs packages apps");
  },
  unused: () => sh("knip --no-progress"),
  release: rehearseRelease,
};

const wanted = process.argv.slice(2);
const queue = Object.entries(gates).filter(([name]) => wanted.length === 0 || wanted.includes(name));
let failed = 0;
const worker = async (): Promise<void> => {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [name, gate] = next;
    const start = performance.now();
    try {
      await gate();
      console.log(`gate ${name}: ok (${((performance.now() - start) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed++;
      console.error(`gate ${name}: FAILED\n${error instanceof Error ? error.message : String(error)}`);
    }
  }
};
await Promise.all([worker(), worker()]);
rmSync(scratch, { recursive: true, force: true });
if (failed > 0) process.exit(1);
