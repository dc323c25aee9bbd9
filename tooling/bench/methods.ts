import {
  compile,
  compositionRejection,
  direct,
  type Method,
  nextReaction,
  parseNetwork,
  sortingDirect,
  tauLeapingWith,
} from "@dbd/cme";
import { stream } from "@dbd/numerics/random/stream";
import { type BenchRow, interleave } from "./interleave.ts";
import { chainText } from "./ssaModels.ts";

/** The first species at the last time of one run of a network. */
function endOf(text: string, horizon: number, method: Method, check: number): () => number {
  const net = compile(parseNetwork(text));
  const simulate = method.prepare(net);
  const out = new Int32Array(net.network.species.length);
  const times = Float64Array.of(horizon);
  let run = 0;
  return () => {
    const x = Float64Array.of(...net.network.initial, 1);
    simulate({ x, start: 0, times, random: stream("methods", run++), out, maxEvents: Infinity });
    return out[check];
  };
}

/** Decay of 10⁶ molecules to t = 1: leaps at ε = 0.03 against exact runs; the check allows the bias of the leaps. */
function tauLeapingRows(): Promise<BenchRow[]> {
  const text = "A -> 0 @ 1\nA = 1000000";
  const ok = (left: number): boolean => Math.abs(left / (1e6 * Math.exp(-1)) - 1) < 0.03;
  return interleave("decay of 10⁶ molecules to t = 1, generic back end", [
    { name: "direct", run: endOf(text, 1, direct, 0), ok },
    { name: "tau-leaping, ε = 0.03", run: endOf(text, 1, tauLeapingWith({ epsilon: 0.03 }), 0), ok },
  ]);
}

/** The exact methods on a cyclic chain of 1,000 reactions (PERFORMANCE 9), 10,000 copies, about 2 · 10⁴ events. */
function chainRows(): Promise<BenchRow[]> {
  const text = chainText(1000);
  const ok = (count: number): boolean => count >= 0 && count < 60;
  const jobs = [direct, sortingDirect, nextReaction, compositionRejection].map((method) => ({
    name: method.name,
    run: endOf(text, 2, method, 0),
    ok,
  }));
  return interleave("chain of 1,000 reactions, generic back end", jobs);
}

/** Reading and compiling 25,000 reactions with 25,000 parameters; the baseline reads 2,500. */
function buildRows(): Promise<BenchRow[]> {
  const textOf = (size: number): string =>
    Array.from(
      { length: size },
      (_, i) => `S${i} + E${i % 50} -> S${(7 * i + 1) % size} + E${i % 50} @ k${i}\nk${i} = ${1 + (i % 9)}`,
    ).join("\n");
  const job = (size: number) => {
    const text = textOf(size);
    const run = (): number => compile(parseNetwork(text)).rate.length;
    return { name: `${size} reactions`, run, ok: (count: number) => count === size };
  };
  return interleave("parse and compile", [job(2500), job(25_000)], 3);
}

/** Simulation methods against one another, each group interleaved. */
export async function methodRows(): Promise<BenchRow[][]> {
  return [await tauLeapingRows(), await chainRows(), await buildRows()];
}
