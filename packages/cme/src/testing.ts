import { UnsupportedError } from "@dbd/numerics/errors";
import { streamState } from "@dbd/numerics/random/stream";
import { xoshiro } from "@dbd/numerics/random/xoshiro";
import { chiSquareScore } from "@dbd/numerics/stats/chiSquare";
import { logBinomialMass, logPoissonMass } from "@dbd/numerics/special";
import { compile } from "./compile.ts";
import { solveExact } from "./exact.ts";
import { parseNetwork } from "./parse.ts";
import type { Method } from "./ssa/method.ts";

/** Features beyond mass action: what each network's compared species follows at the last time is known in closed form. */
interface Featured {
  readonly name: string;
  readonly text: string;
  readonly times: readonly number[];
  readonly compared: string;
  /** Probability of n copies at the last time. */
  readonly law: (n: number) => number;
}

function binomialLaw(trials: number, p: number): (n: number) => number {
  return (n) => (n > trials ? 0 : Math.exp(logBinomialMass(n, trials, p)));
}

function poissonLaw(mean: number): (n: number) => number {
  return (n) => Math.exp(logPoissonMass(n, mean));
}

/** Of 20 copies that decay at rate 1, fewer than 10 are left at t = 0.7: then B was set, and 10 copies of C decay. */
function reachedLaw(): (n: number) => number {
  const left = binomialLaw(20, Math.exp(-0.7));
  const reached = Array.from({ length: 10 }, (_, n) => left(n)).reduce((sum, p) => sum + p, 0);
  return (n) => [1 - reached, reached][n] ?? 0;
}

const featured: readonly Featured[] = [
  {
    name: "a boundary species",
    text: "F -> F + A @ 2\nF + A -> 0 @ 0.5\nboundary F = 4",
    times: [1],
    compared: "A",
    law: poissonLaw(4 * (1 - Math.exp(-2))),
  },
  {
    name: "an event on time",
    text: "A -> 0 @ 1\nA = 50\nevent: when time >= 1; set A = 30",
    times: [0.5, 1, 1.75],
    compared: "A",
    law: binomialLaw(30, Math.exp(-0.75)),
  },
  {
    name: "an event that sets a rate after a delay",
    text: "A -> 0 @ k\nk = 1\nA = 40\nevent: when time >= 0.25; set k = 2; delay 0.25",
    times: [0.25, 1],
    compared: "A",
    law: binomialLaw(40, Math.exp(-1.5)),
  },
  {
    name: "an event on the state",
    text: "A -> 0 @ 1\nA = 20\nspecies B = 0\nevent: when A < 10; set B = 1",
    times: [0.1, 0.7],
    compared: "B",
    law: reachedLaw(),
  },
  {
    name: "a law of time",
    text: "0 -> A @ = 10*(1 + sin(4*time))",
    times: [0.3, 2],
    compared: "A",
    law: poissonLaw(20 + 2.5 * (1 - Math.cos(8))),
  },
  {
    name: "a law of time and state",
    text: "A -> 0 @ = A*time\nA = 40",
    times: [0.5, 1],
    compared: "A",
    law: binomialLaw(40, Math.exp(-0.5)),
  },
  {
    name: "an assignment rule",
    text: "A -> B @ = c*A\nc := total/80\ntotal := A + B\nA = 40",
    times: [0.5, 1],
    compared: "A",
    law: binomialLaw(40, Math.exp(-0.5)),
  },
];

/** A network with the times at which a method's means, variances and whole distributions are compared. */
interface Case {
  readonly name: string;
  readonly text: string;
  readonly times: readonly number[];
  /** Species whose distribution at the last time is compared by χ². */
  readonly compared: string;
}

const cases: readonly Case[] = [
  { name: "pure decay", text: "A -> 0 @ 1\nA = 50", times: [0.25, 1], compared: "A" },
  { name: "immigration and death", text: "0 -> A @ 20\nA -> 0 @ 1", times: [0.5, 3], compared: "A" },
  { name: "pair annihilation", text: "2 A -> 0 @ 0.05\n0 -> A @ 10\nA = 20", times: [0.3, 2], compared: "A" },
  { name: "conversion", text: "A <-> B @ 1, 2\nA + B -> C @ 0.02\nA = 30", times: [0.2, 1], compared: "C" },
  { name: "three of a kind", text: "3 A -> A @ 0.01\n0 -> 2 A @ 5\nA = 9", times: [0.5, 2], compared: "A" },
  { name: "extinction", text: "A -> 2 A @ 0.5\nA -> 0 @ 1.5\nA = 5", times: [0.5, 2], compared: "A" },
  { name: "a law", text: "0 -> A @ = 30/(1 + (A/10)^2)\nA -> 0 @ 1", times: [0.5, 3], compared: "A" },
];

const limit = 4.5;

/** A feature is run correctly, or refused by name with exit code 3. */
function compareFeature(method: Method, test: Featured, runs: number, seed: string): string[] {
  let sample: ReturnType<typeof sampleCase>;
  try {
    sample = sampleCase(method, test, runs, seed);
  } catch (error) {
    const refused = error instanceof UnsupportedError && error.message.includes(method.name);
    return refused ? [] : [`${test.name}: neither run nor refused by the method's name: ${String(error)}`];
  }
  const { states, size } = sample;
  const s = parseNetwork(test.text).species.indexOf(test.compared);
  const law = Float64Array.from({ length: 120 }, (_, n) => test.law(n));
  const last = test.times.length - 1;
  const counts = Array.from({ length: runs }, (_, run) => states[(run * test.times.length + last) * size + s]);
  const observed = new Float64Array(law.length);
  for (const n of counts) observed[Math.min(n, law.length - 1)]++;
  const { mean, variance } = scores(counts, law);
  const score = law.some((p) => p > 0.9) || test.compared === "B" ? 0 : chiSquareScore(observed, law);
  return [
    ...(Math.abs(mean) < limit ? [] : [`${test.name}: the mean is off by ${mean.toFixed(1)} standard errors`]),
    ...(Math.abs(variance) < limit
      ? []
      : [`${test.name}: the variance is off by ${variance.toFixed(1)} standard errors`]),
    ...(Math.abs(score) < limit ? [] : [`${test.name}: χ² of ${test.compared} has the score ${score.toFixed(1)}`]),
  ];
}

function sampleCase(
  method: Method,
  { text, times }: Pick<Case, "text" | "times">,
  runs: number,
  seed: string,
): { states: Int32Array; size: number } {
  const net = compile(parseNetwork(text), { dynamics: true });
  const size = net.network.species.length;
  const simulate = method.prepare(net);
  const state = new Int32Array(4);
  const random = xoshiro(state);
  const states = new Int32Array(runs * times.length * size);
  const x = new Float64Array(size + 1);
  for (let run = 0; run < runs; run++) {
    streamState(seed, run, state);
    x.set(net.network.initial);
    x[size] = 1;
    const out = states.subarray(run * times.length * size, (run + 1) * times.length * size);
    simulate({ x, start: 0, times: Float64Array.from(times), random, state, out, maxEvents: Infinity });
  }
  return { states, size };
}

/** Scores of mean and variance against the exact ones, in standard errors that follow from the exact distribution. */
function scores(sample: readonly number[], exact: Float64Array): { mean: number; variance: number } {
  const moment = (f: (n: number) => number): number => exact.reduce((sum, p, n) => sum + p * f(n), 0);
  const centre = moment((n) => n);
  const spread = moment((n) => (n - centre) ** 2);
  const fourth = moment((n) => (n - centre) ** 4);
  const runs = sample.length;
  const mean = sample.reduce((sum, n) => sum + n, 0) / runs;
  // Around the known mean, so that the standard error is exact.
  const variance = sample.reduce((sum, n) => sum + (n - centre) ** 2, 0) / runs;
  return {
    mean: (mean - centre) / Math.sqrt(spread / runs),
    variance: (variance - spread) / Math.sqrt((fourth - spread ** 2) / runs),
  };
}

function compareCase(method: Method, test: Case, runs: number, seed: string): string[] {
  const network = parseNetwork(test.text);
  const { states, size } = sampleCase(method, test, runs, seed);
  const exact = solveExact(network, { times: test.times, tolerance: 1e-12 });
  const problems: string[] = [];
  const column = (t: number, s: number): number[] =>
    Array.from({ length: runs }, (_, run) => states[(run * test.times.length + t) * size + s]);
  for (const [t, time] of test.times.entries()) {
    for (const [s, name] of network.species.entries()) {
      const { mean, variance } = scores(column(t, s), exact.marginal(name, t));
      const at = `${test.name}: ${name} at t = ${time}`;
      if (!(Math.abs(mean) < limit)) problems.push(`${at}: the mean is off by ${mean.toFixed(1)} standard errors`);
      if (!(Math.abs(variance) < limit)) {
        problems.push(`${at}: the variance is off by ${variance.toFixed(1)} standard errors`);
      }
    }
  }
  const law = exact.marginal(test.compared, test.times.length - 1);
  const observed = new Float64Array(law.length);
  for (const n of column(test.times.length - 1, network.species.indexOf(test.compared))) {
    if (n < observed.length) observed[n]++;
  }
  const score = chiSquareScore(observed, law);
  if (!(Math.abs(score) < limit))
    problems.push(`${test.name}: χ² of ${test.compared} has the score ${score.toFixed(1)}`);
  return problems;
}

/** Endings: an absorbed run keeps its state, a budget stops before the event that is too many, nothing fires after T. */
function endings(method: Method): string[] {
  const problems: string[] = [];
  const expect = (holds: boolean, problem: string): void => {
    if (!holds) problems.push(problem);
  };
  const outcomeOf = (text: string, times: readonly number[], maxEvents: number) => {
    const net = compile(parseNetwork(text), { dynamics: true });
    const size = net.network.species.length;
    const out = new Int32Array(times.length * size).fill(-1);
    const x = Float64Array.of(...net.network.initial, 1);
    const state = streamState("endings", 0);
    const random = xoshiro(state);
    const outcome = method.prepare(net)({
      x,
      start: 0,
      times: Float64Array.from(times),
      random,
      state,
      out,
      maxEvents,
    });
    return { ...outcome, out, x };
  };
  const absorbed = outcomeOf("A -> 0 @ 10\nA = 3", [0, 1000, 2000], Infinity);
  expect(absorbed.events === 3 && absorbed.rows === 3, "an absorbed run must fire 3 events and fill 3 rows");
  expect(absorbed.out.join() === "3,0,0", `an absorbed run must record 3,0,0, got ${absorbed.out.join()}`);
  const empty = outcomeOf("species A = 7", [0, 1], Infinity);
  expect(empty.events === 0 && empty.out.join() === "7,7", "without reactions the state must not change");
  const spent = outcomeOf("0 -> A @ 1", [0, 1e9], 5);
  expect(spent.events === 5 && spent.rows === 1 && spent.x[0] === 5, "a budget of 5 must stop after 5 events");
  const start = outcomeOf("0 -> A @ 1e6", [0], Infinity);
  expect(start.out[0] === 0 && start.events === 0, "the state at the start must be the one before the first event");
  return problems.map((problem) => `endings: ${problem}`);
}

/** Where the state at a time is taken from: a row holds the state before the event that passes it, not after. */
function recording(method: Method): string[] {
  // One event at rate 1: the row at t shows it with probability 1 − e^−t. Recorded after the event it would always.
  const runs = 4000;
  const { states } = sampleCase(method, { text: "A -> 0 @ 1\nA = 1", times: [0.1] }, runs, "r");
  const left = states.reduce((sum, n) => sum + n, 0) / runs;
  const p = Math.exp(-0.1);
  const score = (left - p) / Math.sqrt((p * (1 - p)) / runs);
  return Math.abs(score) < limit
    ? []
    : ["recording: the state must be the one just before the event that passes a time"];
}

/**
 * The conformance kit that every simulation method passes: means, variances and a whole distribution of seven networks
 * within 4.5 standard errors of the exact solution, where the state is recorded, and how runs end. Boundary species,
 * events, assignment rules and laws of time are compared with closed forms, unless the method refuses them by its name.
 * @param options - `runs` per network, 4000 when left out.
 * @returns The problems found, as sentences; empty when the method conforms.
 */
export function methodConformance(
  method: Method,
  options: { readonly runs?: number; readonly seed?: string } = {},
): string[] {
  const { runs = 4000, seed = "conformance" } = options;
  if (!/^[a-z][A-Za-z0-9]*$/.test(method.name)) {
    return [`the name must be camelCase, got ${JSON.stringify(method.name)}`];
  }
  const plain = [
    ...endings(method),
    ...recording(method),
    ...cases.flatMap((test) => compareCase(method, test, runs, `${seed} ${test.name}`)),
  ];
  // Features stand on these: where they fail nothing more is learnt.
  const more =
    plain.length > 0 ? [] : featured.flatMap((test) => compareFeature(method, test, runs, `${seed} ${test.name}`));
  return [...plain, ...more].map((problem) => `${method.name}: ${problem}`);
}
