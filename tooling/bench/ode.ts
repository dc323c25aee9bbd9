import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dormandPrince853, integrate, rodas4 } from "@dbd/ode";
import type { BenchRow } from "./interleave.ts";
import { type OdeProblem, odeProblems } from "./odeProblems.ts";

/** A row with what the measurement also told. */
export interface OdeRow extends BenchRow {
  readonly tolerance: number;
  /** Largest error of a component at the end, relative to it. */
  readonly error: number;
}

interface Answer {
  readonly microseconds: number;
  readonly y: readonly number[];
}

/** Runs one implementation in a process of its own; `once` is for its error only. */
type Implementation = (problem: string, tolerance: number, once?: "once") => Answer;

const compiler = process.env["CXX"] ?? "g++";
const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

const run = (command: string, words: readonly string[]): Answer =>
  JSON.parse(execFileSync(command, words, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] })) as Answer;

const script =
  (name: string): Implementation =>
  (problem, tolerance, once) => {
    const words = [path("odeOne.ts"), name, problem, String(tolerance), ...(once === undefined ? [] : [once])];
    return run(process.execPath, [...process.execArgv, ...words]);
  };

/** Compiles a C++ program; undefined where compiler or library are missing. */
function native(folder: string, name: string, source: string, flags: readonly string[]): Implementation | undefined {
  const file = join(folder, name);
  try {
    execFileSync(compiler, ["-O3", "-std=c++20", "-o", file, path(`native/${source}`), ...flags], { stdio: "pipe" });
    return (problem, tolerance) => run(file, [problem, String(tolerance)]);
  } catch {
    return undefined;
  }
}

function referenceOf({ evaluate, jacobian, y0, end }: OdeProblem): Float64Array {
  const stiff = jacobian !== undefined;
  const integrator = stiff ? rodas4 : dormandPrince853;
  const [rtol, atol] = stiff ? [1e-11, 1e-18] : [1e-13, 1e-15];
  const field = stiff ? { evaluate, jacobian } : { evaluate };
  return integrate(field, { y0, times: [0, end], integrator, rtol, atol, maxSteps: 1e6 }).end.y;
}

/** Components far below the largest count with a millionth of it. */
function errorOf(y: readonly number[], reference: Float64Array): number {
  const largest = reference.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  return y.reduce((most, v, i) => {
    const scale = Math.max(Math.abs(reference[i]), 1e-9 * largest);
    return Math.max(most, Math.abs(v - reference[i]) / scale);
  }, 0);
}

/** The loosest tolerance, in steps of 10^⅛ and by halving, with which an implementation's error is at most `target`. */
function toleranceFor(implementation: Implementation, { name }: OdeProblem, ref: Float64Array, target: number): number {
  let [loose, tight] = [15, 105]; // eighths of powers of ten: the first one does not do, the second does
  while (tight - loose > 1) {
    const middle = (loose + tight) >> 1;
    if (errorOf(implementation(name, 10 ** (-middle / 8), "once").y, ref) <= target) tight = middle;
    else loose = middle;
  }
  return tight === 105 ? Number.NaN : 10 ** (-tight / 8);
}

interface Contest {
  readonly group: string;
  readonly problem: string;
  /** The first one is the baseline. */
  readonly entries: readonly (readonly [name: string, implementation: Implementation | undefined])[];
  /** One tolerance for all, or the error that each must reach. */
  readonly tolerance?: number;
  readonly target?: number;
}

function hold({ group, problem, entries, tolerance, target }: Contest, rounds: number): OdeRow[] {
  const about = odeProblems.find(({ name }) => name === problem)!;
  const reference = referenceOf(about);
  const runners = entries.flatMap(([name, implementation]) => {
    if (implementation === undefined) return [];
    const wanted = tolerance ?? toleranceFor(implementation, about, reference, target!);
    return Number.isNaN(wanted) ? [] : [{ name, implementation, wanted, times: [] as number[], error: 0 }];
  });
  for (let round = 0; round < rounds; round++)
    for (const runner of runners) {
      const { microseconds, y } = runner.implementation(problem, runner.wanted);
      runner.error = errorOf(y, reference);
      if (!(runner.error < 1e-2)) throw new Error(`${group}, ${runner.name}: error ${runner.error}`);
      runner.times.push(microseconds * 1e-6);
    }
  return runners.map(({ name, wanted, times, error }) => ({
    group,
    name,
    seconds: median(times),
    ratio: median(times.map((t, i) => t / runners[0].times[i])),
    tolerance: wanted,
    error,
  }));
}

const explicit = ["rossler", "linear100", "lotkaVolterra", "brusselator", "pleiades", "kepler"];
const packages = ["ode45-cash-karp", "dopri", "odex"];

/**
 * Dormand–Prince against our own C++ with the same steps, stiff problems against CVODE's BDF at equal error (where Debian's
 * libsundials-dev is there), and the packages of npm at equal error. Each measurement is a process of its own, in turn.
 */
export function odeBench(onRows: (rows: OdeRow[]) => void = () => {}, rounds = 3): OdeRow[] {
  const folder = mkdtempSync(join(tmpdir(), "dbd-bench-"));
  try {
    const plain = native(folder, "plain", "ode.cpp", []);
    const tuned = native(folder, "tuned", "ode.cpp", ["-march=native"]);
    const libraries = ["-lsundials_cvode", "-lsundials_nvecserial"];
    const cvode = native(folder, "cvode", "cvode.cpp", libraries);
    const contests: Contest[] = [
      ...["rossler", "linear100"].map((problem) => ({
        group: `Dormand–Prince 5(4), ${problem}, rtol 1e-8`,
        problem,
        tolerance: 1e-8,
        entries: [
          ["C++ -O3", plain],
          ["C++ -O3 -march=native", tuned],
          ["dormandPrince54", script("dormandPrince54")],
          ["emitted dormandPrince54", script("emitted dormandPrince54")],
        ] as const,
      })),
      ...["robertson", "ring50"].map((problem) => ({
        group: `stiff, ${problem}, relative error 3e-6`,
        problem,
        target: 3e-6,
        entries: [
          ["CVODE BDF", cvode],
          ["rodas4", script("rodas4")],
          ["ndf", script("ndf")],
          ["emitted rodas4", script("emitted rodas4")],
        ] as const,
      })),
      ...explicit.map((problem) => ({
        group: `packages of npm, ${problem}, relative error 1e-6`,
        problem,
        target: 1e-6,
        entries: [...packages, "dormandPrince54", "tsit54", "dormandPrince853", "emitted dormandPrince54"].map(
          (name) => [name, script(name)] as const,
        ),
      })),
    ];
    return contests.flatMap((contest) => {
      const rows = hold(contest, rounds);
      onRows(rows);
      return rows;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
