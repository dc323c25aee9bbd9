import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { simulateEnsemble } from "../ensemble.ts";
import { direct } from "./direct/index.ts";
import { dsmtsCases, dsmtsFaults, dsmtsNetwork, readDsmtsResults } from "./dsmtsCases.ts";
import { nextReaction } from "./nextReaction/index.ts";

const data = process.env["DBD_TEST_DATA"];
const note = data === undefined ? " (skipped: DBD_TEST_DATA is not set)" : "";

// The networks stand here in our own text, so that a fault is one of the simulators; reading them is tested with SBML.
// 51 correlated times: one seed in some hundred fails by chance, so a case fails when two seeds do.
test.skipIf(data === undefined).for([...dsmtsCases.keys()])(
  `case %s by direct and next reaction, on both back ends${note}`,
  async (id) => {
    const expected = readDsmtsResults(readFileSync(join(data!, "dsmts", id, `${id}-results.csv`), "utf8"));
    const network = dsmtsNetwork(id);
    for (const method of [direct, nextReaction]) {
      const faults: string[][] = [];
      for (const seed of ["first", "second"]) {
        const options = { times: expected.times, seed, method, trajectories: true };
        const compiled = await simulateEnsemble(network, { ...options, runs: 2000, backend: "wasm" });
        const generic = await simulateEnsemble(network, { ...options, runs: 500, backend: "generic" });
        expect([compiled.backend, generic.backend]).toEqual(["wasm", "generic"]);
        // The same bits, so that one verdict is that of both; the long test does without this.
        expect(generic.trajectories!.every((n, i) => n === compiled.trajectories![i])).toBe(true);
        faults.push(dsmtsFaults(compiled, expected));
        if (faults.at(-1)!.length === 0) break;
      }
      expect(faults.at(-1), `${method.name}: ${faults.join("; ")}`).toEqual([]);
    }
  },
);
