import { expect, test, vi } from "vitest";
import {
  type Backend,
  type BlockResult,
  type BlockRunner,
  createBlockRunner,
  type EnsembleTask,
  simulateBlock,
} from "../../ensembleBlock.ts";
import { simulateEnsemble } from "../../ensemble.ts";
import { parseNetwork } from "../../parse.ts";
import { direct } from "../../ssa/direct/index.ts";
import { createWasmRunner } from "./runner.ts";

const task: EnsembleTask = {
  network: parseNetwork("0 -> A @ 40\nA -> 0 @ 1\nA -> B @ 0.5\nA = 10"),
  initial: { kind: "poisson", means: { A: 8 } },
  start: 0,
  times: Float64Array.of(0, 0.5, 2),
  seed: "runner",
  firstRun: 7,
  runs: 75,
  species: Int32Array.of(1),
  keepStates: true,
  maxEvents: Infinity,
  backend: "wasm",
  method: "direct",
};

const blocks = (runner: BlockRunner, of: EnsembleTask, budget = Infinity): BlockResult[] =>
  [0, 1, 2].map((block) => simulateBlock(of, runner, block, budget));

test("blocks have the bits of the generic runner", () => {
  const wasm = createWasmRunner(task)!;
  expect(blocks(wasm, task)).toEqual(blocks(createBlockRunner(task, direct), task));
});

test("a budget ends a block at the same run, with the same report", () => {
  const wasm = createWasmRunner(task)!;
  const generic = createBlockRunner(task, direct);
  for (const budget of [0, 1, 100, 900, 3000]) {
    const [got] = blocks(wasm, task, budget);
    expect(got).toEqual(blocks(generic, task, budget)[0]);
    if (budget < 3000) expect(got.unfinished).toBeDefined();
  }
});

test("a count that leaves its range throws what the generic method throws", () => {
  const network = parseNetwork("X -> 2 X @ 1\nX = 2147483000");
  const full = { ...task, network, initial: [], times: Float64Array.of(1), species: Int32Array.of(0) };
  expect(() => blocks(createWasmRunner(full)!, full)).toThrow(/takes X to 2147483648/);
});

test("auto takes WebAssembly for networks it can run and work that is worth it", () => {
  const large: EnsembleTask = { ...task, runs: 2000, backend: "auto" };
  expect(createWasmRunner({ ...task, backend: "auto" })).toBeUndefined();
  expect(createWasmRunner(large)).toBeDefined();
  expect(createWasmRunner({ ...large, backend: "generic" })).toBeUndefined();
  const law = { ...large, network: parseNetwork("A -> 0 @ = 2*A\nA = 100000") };
  expect(createWasmRunner({ ...law, initial: [] })?.backend).toBe("wasm");
  expect(createWasmRunner({ ...law, initial: [], method: "tauLeaping" })).toBeUndefined();
  vi.stubGlobal("WebAssembly", undefined);
  expect(createWasmRunner(large)).toBeUndefined();
  vi.unstubAllGlobals();
});

test("an ensemble has the same bits on both back ends and any number of workers, and says which one ran", async () => {
  const options = { times: [0, 1, 5], runs: 150, seed: 5, histograms: true } as const;
  const of = async (backend: Backend, workers: number): Promise<unknown> => {
    const ensemble = await simulateEnsemble(task.network, { ...options, backend, workers });
    expect(ensemble.backend).toBe(backend);
    return {
      ...ensemble,
      backend: undefined,
      backendReason: undefined,
      checkpoint: undefined,
      histogram: ensemble.histogram("A"),
    };
  };
  const generic = await of("generic", 1);
  expect(await of("wasm", 1)).toEqual(generic);
  expect(await of("wasm", 2)).toEqual(generic);
  const unknown = simulateEnsemble(task.network, { ...options, backend: "fortran" as Backend });
  await expect(unknown).rejects.toThrow(/unknown backend "fortran".*auto, generic, wasm/);
});
