/**
 * One implementation on one problem in a process of its own, so that no other job's types slow its code:
 * `odeOne.ts IMPLEMENTATION PROBLEM TOLERANCE [once]` prints {microseconds, evaluations, y}.
 */
import { createRequire } from "node:module";
import { dormandPrince54, dormandPrince853, type Field, integrate, ndf, rodas4, tsit54 } from "@dbd/ode";
import { emitted } from "./odeEmitted.ts";
import { type OdeProblem, odeProblems } from "./odeProblems.ts";

/** Solves once; returns the last state. */
export type Job = (() => ArrayLike<number>) & { evaluations?: number };

const integrators = { dormandPrince54, tsit54, dormandPrince853, rodas4, ndf };

function library(problem: OdeProblem, name: keyof typeof integrators, tolerance: number): Job {
  const { evaluate, jacobian, y0, end } = problem;
  const field: Field = {
    evaluate,
    ...(jacobian === undefined ? {} : { jacobian, timeDerivative: (_t, _y, out) => void out.fill(0) }),
  };
  const atol = jacobian === undefined ? tolerance : tolerance * 1e-4;
  const integrator = integrators[name];
  const job: Job = () => {
    const { end: last, counts } = integrate(field, { y0, times: [0, end], integrator, rtol: tolerance, atol });
    job.evaluations = counts.evaluations;
    return last.y;
  };
  return job;
}

const require = createRequire(import.meta.url); // without the types of the packages, which fail this project's checks

/** "emitted dormandPrince54" or "emitted rodas4": writing and compiling the module is not measured. */
function webAssembly(problem: OdeProblem, name: "dormandPrince54" | "rodas4", rtol: number): Job {
  const integrator = emitted(problem, name);
  const y0 = Float64Array.from(problem.y0);
  const atol = new Float64Array(y0.length).fill(problem.jacobian === undefined ? rtol : rtol * 1e-4);
  const times = Float64Array.of(0, problem.end);
  const job: Job = () => {
    const { end, counts } = integrator.integrate({ y0, times, rtol, atol, maxSteps: 1e6 });
    job.evaluations = counts.evaluations;
    return end.y;
  };
  return job;
}

type Callback = (dydt: number[], y: number[], t: number) => void;

/** The packages of npm, each used as its documentation shows. */
function packaged({ evaluate, y0, end }: OdeProblem, name: string, tolerance: number): Job {
  if (name === "ode45-cash-karp") {
    const ode45 = require("ode45-cash-karp") as (
      y0: ArrayLike<number>,
      f: Callback,
      t: number,
      dt: number,
      options: object,
    ) => { steps(n: number, limit: number): boolean; readonly y: ArrayLike<number> };
    const deriv: Callback = (dydt, y, t) => evaluate(t, y, dydt);
    return () => {
      const solver = ode45(Float64Array.from(y0), deriv, 0, 1e-3, { tol: tolerance, verbose: false });
      solver.steps(Infinity, end);
      return solver.y;
    };
  }
  if (name === "dopri") {
    const { Dopri } = require("dopri") as {
      readonly Dopri: new (
        f: OdeProblem["evaluate"],
        n: number,
        control: object,
      ) => {
        initialise(t: number, y: readonly number[]): void;
        run(end: number): (t: readonly number[]) => number[][];
      };
    };
    return () => {
      const solver = new Dopri(evaluate, y0.length, { rtol: tolerance, atol: tolerance, maxSteps: 1e6 });
      solver.initialise(0, [...y0]);
      return solver.run(end)([end])[0];
    };
  }
  const { Solver } = require("odex") as {
    readonly Solver: new (
      n: number,
    ) => {
      relativeTolerance: number;
      absoluteTolerance: number;
      solve(f: (t: number, y: number[]) => number[], from: number, y: readonly number[], to: number): { y: number[] };
    };
  };
  const size = y0.length;
  const f = (t: number, y: number[]): number[] => {
    const out = Array.from<number>({ length: size });
    evaluate(t, y, out);
    return out;
  };
  return () => {
    const solver = new Solver(size);
    solver.relativeTolerance = tolerance;
    solver.absoluteTolerance = tolerance;
    return solver.solve(f, 0, [...y0], end).y;
  };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];
const now = (): number => performance.now() / 1000;

const [implementation, problemName, tolerance, once] = process.argv.slice(2);
const problem = odeProblems.find(({ name }) => name === problemName)!;
const rtol = Number(tolerance);

function jobOf(): Job {
  const [, wasm] = implementation.split("emitted ");
  if (wasm !== undefined) return webAssembly(problem, wasm as "dormandPrince54" | "rodas4", rtol);
  if (Object.hasOwn(integrators, implementation))
    return library(problem, implementation as keyof typeof integrators, rtol);
  return packaged(problem, implementation, rtol);
}

const job = jobOf();
let y = job();
const [warmUp, measured, least] = once === undefined ? [0.4, 0.3, 5] : [0, 0, 0];
for (const from = now(); now() - from < warmUp; ) y = job();
const times: number[] = [];
for (const begun = now(); now() - begun < measured || times.length < least; ) {
  const from = now();
  job();
  times.push(now() - from);
}
console.log(
  JSON.stringify({ microseconds: 1e6 * (median(times) ?? 0), evaluations: job.evaluations ?? 0, y: Array.from(y) }),
);
