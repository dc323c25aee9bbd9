// `node tooling/run.mjs [--quiet] "<command>" … [-- arguments for the last command]`:
// install what the lockfile names (pnpm comes from npm at the version that package.json pins), then run each
// command with the workspace's tools on PATH. --quiet sends all but the last command's output to stderr.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const argv = process.argv.slice(2);
const quiet = argv[0] === "--quiet";
if (quiet) argv.shift();
const cut = argv.indexOf("--");
const commands = cut < 0 ? argv : argv.slice(0, cut);
const rest = cut < 0 ? [] : argv.slice(cut + 1);
const bin = join(process.cwd(), "node_modules", ".bin");
const env = {
  ...process.env,
  PATH: `${bin}${delimiter}${process.env.PATH}`,
  TURBO_TELEMETRY_DISABLED: "1",
  DO_NOT_TRACK: "1",
  TURBO_NO_UPDATE_NOTIFIER: "1",
  npm_config_update_notifier: "false",
};
const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
const run = (command, stdout = "inherit") => {
  const { status, signal } = spawnSync(command, { shell: true, stdio: ["inherit", stdout, "inherit"], env });
  if (status !== 0) process.exit(status ?? (signal === "SIGINT" ? 130 : 1));
};
// A parent that dies of Ctrl-C would cut the child's clean stop short: the child decides the exit code.
process.on("SIGINT", () => {});

const installed = "node_modules/.modules.yaml";
const stale = !existsSync(installed) || statSync("pnpm-lock.yaml").mtimeMs > statSync(installed).mtimeMs;
if (stale) {
  const { packageManager } = JSON.parse(readFileSync("package.json", "utf8"));
  const pnpm = existsSync(join(bin, "pnpm")) ? "pnpm" : `npx -y ${packageManager}`;
  run(`${pnpm} install --frozen-lockfile`, quiet ? 2 : "inherit");
}
commands.forEach((command, i) => {
  const last = i === commands.length - 1;
  run(last ? [command, ...rest.map(quote)].join(" ") : command, quiet && !last ? 2 : "inherit");
});
