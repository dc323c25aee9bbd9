import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { simulateEnsemble } from "../ensemble.ts";
import { compositionRejection } from "./compositionRejection/index.ts";
import { direct } from "./direct/index.ts";
import { dsmtsCases, dsmtsFaults, dsmtsNetwork, readDsmtsResults } from "./dsmtsCases.ts";
import { nextReaction } from "./nextReaction/index.ts";
import { sortingDirect } from "./sortingDirect/index.ts";

const data = process.env["DBD_TEST_DATA"];
const note = data === undefined ? " (skipped: DBD_TEST_DATA is not set)" : "";

// As dsmts.test.ts, with the suite's routine number of runs and every exact method.
// 51 correlated times: one seed in some hundred fails by chance, so a case fails when two seeds do.
test.skipIf(data === undefined).for([...dsmtsCases.keys()])(
  `case %s with 10,000 runs by every exact method, direct and next reaction on both back ends${note}`,
  { timeout: 300_000 },
  async (id) => {
    const expected = readDsmtsResults(readFileSync(join(data!, "dsmts", id, `${id}-results.csv`), "utf8"));
    for (const method of [direct, sortingDirect, nextReaction, compositionRejection]) {
      const faults: string[][] = [];
      for (const seed of ["first", "second"]) {
        const options = { times: expected.times, runs: 10_000, seed, method, trajectories: true };
        const ensemble = await simulateEnsemble(dsmtsNetwork(id), { ...options, backend: "generic" });
        faults.push(dsmtsFaults(ensemble, expected));
        if (method === direct || method === nextReaction) {
          const compiled = await simulateEnsemble(dsmtsNetwork(id), { ...options, backend: "wasm" });
          expect(compiled.backend).toBe("wasm");
          expect(dsmtsFaults(compiled, expected)).toEqual(faults.at(-1)); // the bits are the same
        }
        if (faults.at(-1)!.length === 0) break;
      }
      expect(faults.at(-1), `${method.name}: ${faults.join("; ")}`).toEqual([]);
    }
  },
);
