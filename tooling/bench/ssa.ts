import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile, direct, parseNetwork } from "@dbd/cme";
import { createWasmSimulator, type WasmBatch } from "@dbd/cme/backends/wasm/simulator";
import { streamState } from "@dbd/numerics/random/stream";
import { xoshiro } from "@dbd/numerics/random/xoshiro";
import { type SsaModel, ssaModels } from "./ssaModels.ts";

/** One line of the table. */
export interface SsaRow {
  /** Model and implementation; "geometric mean" for the lines over all models. */
  readonly name: string;
  /** Median over the rounds; the geometric mean of those for the lines over all models. */
  readonly nsPerEvent: number;
  /**
   * Median over the rounds of the time over that of the model's best scalar C++ (best by its median) in the same round;
   * over the generic back end's where there is no g++.
   */
  readonly ratio: number;
}

export interface SsaBenchOptions {
  /** Interleaved rounds; 7 when left out. */
  readonly rounds?: number;
  /** Events that one measurement fires, about; 1.35 · 10⁷ when left out: over 1,000 runs of each model but Vilar (93). */
  readonly events?: number;
  readonly onRow?: (row: SsaRow) => void;
}

/** What one measurement gave: time, and moments of the first species at the last time as a check of the result. */
interface Measured {
  readonly nsPerEvent: number;
  readonly runs: number;
  readonly mean: number;
  readonly variance: number;
}

interface Implementation {
  readonly name: string;
  readonly measure: () => Measured;
}

const rows = 51;
const scalars = ["branch", "dep", "branchless"];

const compiler = process.env["CXX"] ?? "g++";

/** Compiles C++ methods of this folder; undefined where there is no compiler. */
export function buildNative(
  name: "direct" | "groups",
): { readonly path: string; readonly remove: () => void } | undefined {
  const folder = mkdtempSync(join(tmpdir(), "dbd-bench-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const source = fileURLToPath(new URL(`native/${name}.cpp`, import.meta.url));
  const path = join(folder, name);
  try {
    execFileSync(compiler, ["-O3", "-march=native", "-std=c++20", "-o", path, source], { stdio: "pipe" });
    return { path, remove };
  } catch {
    remove();
    return undefined;
  }
}

function moments(out: Int32Array, runs: number, species: number): { mean: number; variance: number } {
  let sum = 0;
  let squares = 0;
  for (let k = 0; k < runs; k++) {
    const n = out[((k + 1) * rows - 1) * species];
    sum += n;
    squares += n * n;
  }
  return { mean: sum / runs, variance: squares / runs - (sum / runs) ** 2 };
}

/** The library's back ends on one model; their states must agree to the last bit. */
function libraryImplementations(model: SsaModel, runs: number): Implementation[] {
  const net = compile(parseNetwork(model.text));
  const species = net.network.species.length;
  const times = Float64Array.from({ length: rows }, (_, i) => (i * model.horizon) / (rows - 1));
  const batchOf = (count: number): WasmBatch => ({
    runs: count,
    x: Float64Array.from({ length: count * species }, (_, i) => net.network.initial[i % species]),
    random: Int32Array.from({ length: 4 * count }, (_, i) => streamState("bench", i >> 2)[i & 3]),
    maxEvents: Infinity,
    out: new Int32Array(count * rows * species),
    events: new Float64Array(count),
  });
  const timed = (batch: WasmBatch, run: () => void): Measured => {
    const begun = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(begun);
    const nsPerEvent = (1000 * (user + system)) / batch.events.reduce((a, b) => a + b, 0);
    return { nsPerEvent, runs: batch.runs, ...moments(batch.out, batch.runs, species) };
  };
  const simulateGeneric = direct.prepare(net);
  const generic = batchOf(Math.max(4, Math.round(runs / 8)));
  const x = new Float64Array(species + 1);
  const runGeneric = (): void => {
    for (let k = 0; k < generic.runs; k++) {
      x.set(generic.x.subarray(k * species, (k + 1) * species));
      x[species] = 1;
      const random = xoshiro(generic.random.slice(4 * k, 4 * k + 4));
      const out = generic.out.subarray(k * rows * species, (k + 1) * rows * species);
      generic.events[k] = simulateGeneric({ x, start: 0, times, random, out, maxEvents: Infinity }).events;
    }
  };
  const wasm = (lanes: number): Implementation => {
    const simulator = createWasmSimulator(net, { start: 0, times, lanes });
    if (simulator === undefined) throw new Error("this engine has no WebAssembly with vectors");
    const batch = batchOf(lanes === 1 ? Math.max(4, Math.round(runs / 2)) : runs);
    return {
      name: lanes === 1 ? "wasm 1 lane" : `wasm ${lanes} lanes`,
      measure: () => {
        const measured = timed(batch, () => simulator.simulate(batch));
        const shared = generic.out.subarray(0, batch.out.length);
        if (!shared.every((n, i) => n === batch.out[i])) throw new Error(`${model.name}: back ends differ`);
        return measured;
      },
    };
  };
  return [{ name: "generic", measure: () => timed(generic, runGeneric) }, ...[1, 2, 4, 8].map(wasm)];
}

function nativeImplementations(path: string, model: number, runs: number): Implementation[] {
  let seed = 0;
  return [...scalars, "lanes4"].map((variant) => ({
    name: `C++ ${variant}`,
    measure: () => {
      const words = [String(model), variant, String(runs), String(++seed)];
      const answer = JSON.parse(execFileSync(path, words, { encoding: "utf8" })) as Omit<Measured, "runs">;
      return { ...answer, runs };
    },
  }));
}

/** An implementation that is fast because it is wrong is not measured: 5 standard errors of the exact mean. */
function checkMean(model: SsaModel, name: string, { mean, variance, runs }: Measured): void {
  if (model.mean === undefined) return;
  const z = Math.abs(mean - model.mean) / Math.sqrt(variance / runs);
  if (!(z < 5)) throw new Error(`${model.name}, ${name}: mean ${mean} is ${z} standard errors from ${model.mean}`);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Times per event of each implementation of one model, measured in turn, shape [implementations][rounds]. */
function measureModel(model: SsaModel, implementations: readonly Implementation[], rounds: number): number[][] {
  const times = implementations.map((): number[] => []);
  for (const { measure } of implementations) measure(); // compile, and fill caches
  for (let round = 0; round < rounds; round++) {
    for (const [i, { name, measure }] of implementations.entries()) {
      const measured = measure();
      checkMean(model, name, measured);
      times[i].push(measured.nsPerEvent);
    }
  }
  return times;
}

/**
 * Nanoseconds of processor time per event of the direct method: the library's two back ends against C++ written out for each model (when
 * g++ is there), interleaved, on a grid of 51 times with a stream per run, results checked.
 */
export async function ssaBench(options: SsaBenchOptions = {}): Promise<SsaRow[]> {
  const { rounds = 7, events = 1.35e7, onRow } = options;
  const native = buildNative("direct");
  const table: SsaRow[] = [];
  const perModel = new Map<string, { ratios: number[]; times: number[] }>();
  const add = (row: SsaRow): void => {
    table.push(row);
    onRow?.(row);
  };
  try {
    for (const [index, model] of ssaModels.entries()) {
      const runs = Math.max(8, Math.round(events / model.events));
      const implementations = [
        ...(native === undefined ? [] : nativeImplementations(native.path, index, runs)),
        ...libraryImplementations(model, runs),
      ];
      const times = measureModel(model, implementations, rounds);
      const medians = times.map(median);
      const candidates = medians.slice(0, native === undefined ? 1 : scalars.length);
      const base = times[candidates.indexOf(Math.min(...candidates))];
      for (const [i, { name }] of implementations.entries()) {
        const ratio = median(times[i].map((ns, round) => ns / base[round]));
        const all = perModel.get(name) ?? { ratios: [], times: [] };
        perModel.set(name, { ratios: [...all.ratios, ratio], times: [...all.times, medians[i]] });
        add({ name: `${model.name}: ${name}`, nsPerEvent: medians[i], ratio });
      }
      await new Promise((resolve) => setTimeout(resolve));
    }
  } finally {
    native?.remove();
  }
  const ensembleRatio = geometricMean(perModel.get("wasm 4 lanes")?.ratios ?? []);
  for (const [name, { ratios, times }] of perModel) {
    add({ name: `geometric mean: ${name}`, nsPerEvent: geometricMean(times), ratio: geometricMean(ratios) });
  }
  const lanes = perModel.get("C++ lanes4");
  if (lanes !== undefined) {
    const name = "wasm 4 lanes over C++ lanes4";
    const ratio = ensembleRatio / geometricMean(lanes.ratios);
    add({ name: `geometric mean: ${name}`, nsPerEvent: geometricMean(perModel.get("wasm 4 lanes")!.times), ratio });
  }
  return table;
}

const geometricMean = (list: readonly number[]): number =>
  Math.exp(list.reduce((sum, r) => sum + Math.log(r), 0) / list.length);
