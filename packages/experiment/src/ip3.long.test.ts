import { binomial, counts } from "@dbd/boltzmann";
import { expect, test } from "vitest";
import { readExperiment } from "./document.ts";
import { parseNetwork } from "@dbd/cme";
import { runExperiment } from "./run.ts";

const subunit = [0, 1].flatMap((j) =>
  [0, 1].flatMap((k) => [
    `S0${j}${k} -> S1${j}${k} @ ${400 * 0.7}`,
    `S1${j}${k} -> S0${j}${k} @ ${400 * (k === 0 ? 0.13 : 0.9434)}`,
    `S${j}0${k} -> S${j}1${k} @ ${20 * 0.25}`,
    `S${j}1${k} -> S${j}0${k} @ ${20 * 0.08234}`,
    `S${j}${k}0 -> S${j}${k}1 @ ${0.2 * 0.25}`,
    `S${j}${k}1 -> S${j}${k}0 @ ${0.2 * (j === 0 ? 0.1445 : 1.049)}`,
  ]),
);

test("IP3 subunits: F learned from 300 stochastic runs stays within 5e-3 nats of the exact law at all times", async () => {
  const document = (method: string): ReturnType<typeof readExperiment> =>
    readExperiment(
      JSON.stringify({
        model: "ip3.dbd",
        initial: {
          units: {
            trials: 100,
            probabilities: {
              S000: 0.0672812382173,
              S001: 0.116385464412,
              S010: 0.204278716958,
              S011: 0.353368546307,
              S100: 0.0517548086669,
              S101: 0.0123368084971,
              S110: 0.157137505061,
              S111: 0.0374569118811,
            },
          },
        },
        times: { start: 0.05, end: 20, steps: 60, scale: "log" },
        awake: { method, runs: 300 },
        family: { species: "S110", order: 1, base: { binomial: 100 } },
        dynamics: { nodes: 24, padding: 0.05 },
        optimizer: { iterations: 20, start: "matching", roughness: 1e-4 },
        seed: "ip3",
      }),
    );
  const network = parseNetwork(subunit.join("\n"));
  const exact = (await runExperiment(document("exact"), network)).result!.arrays.exactMean!.data;
  const { nu } = (await runExperiment(document("simulated"), network)).result!.arrays;
  const family = counts({ order: 1, base: binomial(100) });
  exact.forEach((mean, t) => {
    const truth = family.distribution(Float64Array.of(Math.log(100 / mean - 1)));
    expect(family.divergence(truth, nu!.data.slice(t, t + 1))).toBeLessThan(5e-3);
  });
}, 120_000);
