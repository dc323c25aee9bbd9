import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type BenchRow, interleave } from "./interleave.ts";
import { ssaModels } from "./ssaModels.ts";

const script = `
const [text, runs, horizon] = process.argv.slice(-3);
if (text !== "nothing") {
  const { parseNetwork } = await import("@dbd/cme/parse");
  const { simulateEnsemble } = await import("@dbd/cme/ensemble");
  const times = Array.from({ length: 51 }, (_, i) => (i * horizon) / 50);
  const { events } = await simulateEnsemble(parseNetwork(text), { times, runs: Number(runs), seed: "start" });
  console.log(events);
} else console.log(1);
`;

function job(name: string, text: string, runs: number, horizon: number, expected: number) {
  const words = ["--input-type=module", "-e", script, "--", text, String(runs), String(horizon)];
  const cwd = fileURLToPath(new URL(".", import.meta.url));
  return {
    name,
    run: () => Number(execFileSync(process.execPath, words, { cwd, encoding: "utf8" })),
    ok: (events: number) => Math.abs(events / expected - 1) < 0.1,
  };
}

/** From the start of a node process that imports two sub-paths of the built package to the result, over a process that does nothing. */
export function startRows(): Promise<BenchRow[]> {
  const [small] = ssaModels;
  const vilar = ssaModels[4];
  return interleave("process start to result, node and dist", [
    job("node alone", "nothing", 1, 1, 1),
    job("1 run of immigration–death", small.text, 1, small.horizon, small.events),
    job("100 runs of Vilar, 1.4 · 10⁷ events", vilar.text, 100, vilar.horizon, 100 * vilar.events),
  ]);
}
