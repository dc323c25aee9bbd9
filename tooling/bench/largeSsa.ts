import { execFileSync } from "node:child_process";
import { compile, compositionRejection, direct, type Method, nextReaction, parseNetwork } from "@dbd/cme";
import { inWasm } from "@dbd/cme/backends/wasm/engine";
import { streamState } from "@dbd/numerics/random/stream";
import { xoshiro } from "@dbd/numerics/random/xoshiro";
import { buildNative, median, type SsaRow } from "./ssa.ts";
import { largeModels, type SsaModel } from "./ssaModels.ts";

const rows = 51;

interface Measured {
  readonly nsPerEvent: number;
  readonly mean: number;
  readonly variance: number;
}

/** Runs on a grid of 51 times, each on a stream of its own; processor time per event. */
function library(model: SsaModel, method: Method, runs: number): () => Measured {
  const net = compile(parseNetwork(model.text));
  const simulate = method.prepare(net);
  const species = net.network.species.length;
  const times = Float64Array.from({ length: rows }, (_, i) => (i * model.horizon) / (rows - 1));
  const out = new Int32Array(rows * species);
  const initial = Float64Array.of(...net.network.initial, 1);
  const x = initial.slice();
  let first = 0;
  return () => {
    let events = 0;
    let sum = 0;
    let squares = 0;
    const begun = process.cpuUsage();
    for (let k = 0; k < runs; k++) {
      const state = streamState("large", first++);
      x.set(initial);
      events += simulate({ x, start: 0, times, random: xoshiro(state), state, out, maxEvents: Infinity }).events;
      sum += out[(rows - 1) * species];
      squares += out[(rows - 1) * species] ** 2;
    }
    const { user, system } = process.cpuUsage(begun);
    return {
      nsPerEvent: (1000 * (user + system)) / events,
      mean: sum / runs,
      variance: squares / runs - (sum / runs) ** 2,
    };
  };
}

/**
 * Nanoseconds of processor time per event on networks of 1,000 and 2,000 reactions, over those of composition–rejection
 * in C++ (over the first line where there is no g++), interleaved, results checked.
 */
export function largeBench(rounds = 7, runs = 40): SsaRow[] {
  const native = buildNative("groups");
  const table: SsaRow[] = [];
  try {
    for (const model of largeModels) {
      let seed = 0;
      const cpp = (): Measured =>
        JSON.parse(
          execFileSync(native!.path, [model.name, String(runs), String(++seed)], { encoding: "utf8" }),
        ) as Measured;
      const jobs: (readonly [string, () => Measured])[] = [
        ...(native === undefined ? [] : [["C++ composition–rejection", cpp] as const]),
        ["wasm composition–rejection", library(model, inWasm(compositionRejection), runs)],
        ["wasm next reaction", library(model, inWasm(nextReaction), runs)],
        ["wasm direct", library(model, inWasm(direct), runs)],
        ["generic composition–rejection", library(model, compositionRejection, runs)],
      ];
      const times = jobs.map((): number[] => []);
      for (let round = 0; round <= rounds; round++) {
        for (const [i, [name, job]] of jobs.entries()) {
          const { nsPerEvent, mean, variance } = job();
          const z = Math.abs(mean - model.mean!) / Math.sqrt(variance / runs);
          if (!(z < 5))
            throw new Error(`${model.name}, ${name}: mean ${mean} is ${z} standard errors from ${model.mean}`);
          if (round > 0) times[i].push(nsPerEvent);
        }
      }
      for (const [i, [name]] of jobs.entries()) {
        const ratio = median(times[i].map((ns, round) => ns / times[0][round]));
        table.push({ name: `${model.name}: ${name}`, nsPerEvent: median(times[i]), ratio });
      }
    }
  } finally {
    native?.remove();
  }
  return table;
}
