export interface Fault {
  readonly name: string;
  readonly file: string;
  /** Text that stands in the file, replaced wherever it stands: a kernel may have a twin for small networks. */
  readonly find: string;
  readonly replace: string;
  /** Test files, one of which must turn red. */
  readonly tests: readonly string[];
}

/** One fault each of the kinds that went unseen in earlier codes (SCIENCE: division by the spacing, wrong signs, …). */
export const faults: readonly Fault[] = [
  {
    name: "wrong sign of the gradient",
    file: "packages/learn/src/gradient.ts",
    find: "out[q] += uBar[q]",
    replace: "out[q] -= uBar[q]",
    tests: ["packages/learn/src/gradient.test.ts"],
  },
  {
    name: "division by the grid spacing dropped",
    file: "packages/numerics/src/functions/tensor.ts",
    find: "sum(u, offset + place[0]) * inverse[k]",
    replace: "sum(u, offset + place[0])",
    tests: ["packages/numerics/src/functions/hermite.test.ts", "packages/numerics/src/functions/hat.test.ts"],
  },
  {
    name: "vjp of the covariance dropped",
    file: "packages/learn/src/dynamics/projected/sums.ts",
    find: "h[k] = delta[k] * along;",
    replace: "h[k] = 0;",
    tests: ["packages/learn/src/dynamics/projected/projected.test.ts"],
  },
  {
    name: "one event in fifty lost",
    file: "packages/cme/src/ssa/direct/index.ts",
    find: "x[s] + change[e];",
    replace: "x[s] + (random() < 0.02 ? 0 : change[e]);",
    tests: ["packages/cme/src/ssa/direct/index.test.ts", "packages/cme/src/ensemble.test.ts"],
  },
  {
    name: "state recorded after the crossing event",
    file: "packages/cme/src/ssa/direct/index.ts",
    find: "while (t < until) {",
    replace: "while (event < until && t < Infinity) {",
    tests: ["packages/cme/src/ssa/direct/index.test.ts", "packages/cme/src/ensemble.test.ts"],
  },
  {
    name: "a stream reused by two runs",
    file: "packages/cme/src/ensembleBlock.ts",
    find: "own.select(task.firstRun + run)",
    replace: "own.select((task.firstRun + run) >> 1)",
    tests: ["packages/cme/src/ensemble.test.ts"],
  },
  {
    name: "a base measure swapped",
    file: "packages/boltzmann/src/base.ts",
    find: "logWeight: (n) => -logFactorial(n)",
    replace: "logWeight: () => 0",
    tests: ["packages/boltzmann/src/base.test.ts", "packages/boltzmann/src/families/counts.test.ts"],
  },
  {
    name: "awake and asleep exchanged",
    file: "packages/learn/src/phases.ts",
    find: "(awakeMoments[k] - moments[k])",
    replace: "(moments[k] - awakeMoments[k])",
    tests: ["packages/learn/src/gradient.test.ts"],
  },
];
