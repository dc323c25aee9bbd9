import { parseNetwork, simulateEnsemble } from "@dbd/cme";
import { stream } from "@dbd/numerics/random/stream";
import { type BenchRow, interleave } from "./interleave.ts";

const K = 200;
const T = 20;

/** What users write first: closures for propensities, an array for the state. */
function naive(): number {
  let events = 0;
  for (let k = 0; k < K; k++) {
    const random = stream("bench", k);
    const x = [100];
    const reactions = [
      { rate: () => 100, change: [1] },
      { rate: () => x[0], change: [-1] },
    ];
    for (let t = 0; ; events++) {
      const a = reactions.map(({ rate }) => rate());
      const total = a.reduce((sum, v) => sum + v, 0);
      t -= Math.log(1 - random()) / total;
      if (t > T) break;
      let pick = random() * total;
      const chosen = reactions.find((_, r) => (pick -= a[r]) < 0) ?? reactions[reactions.length - 1];
      chosen.change.forEach((d, s) => (x[s] += d));
    }
  }
  return events;
}

/** Immigration–death at 100 copies: about 200 events a second and run. */
export function simulationRows(): Promise<BenchRow[]> {
  const network = parseNetwork("species X = 100\n0 -> X @ 100\nX -> 0 @ 1", {});
  const times = Float64Array.from({ length: 51 }, (_, i) => (T * i) / 50);
  const ours = async (): Promise<number> =>
    (await simulateEnsemble(network, { times, runs: K, seed: "bench", workers: 1 })).events;
  const expected = 200 * K * T;
  const ok = (events: number): boolean => Math.abs(events - expected) < 6 * Math.sqrt(expected);
  return interleave(`${K} runs of immigration–death, ${expected.toExponential(0)} events`, [
    { name: "closures and arrays", run: naive, ok },
    { name: "direct method, one thread", run: ours, ok },
  ]);
}
