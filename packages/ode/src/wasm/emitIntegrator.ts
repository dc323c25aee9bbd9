import { type Counts } from "../method.ts";
import { type Emitted, type EmittedMethod, type EmittedSystem, emit, viewsOf } from "./emit.ts";
import { ended, header } from "./stepControl.ts";

/** What to integrate; checked by the caller. */
export interface EmittedProblem {
  /** Shape [P]. */
  readonly y0: Float64Array;
  /** Recording times, shape [T], strictly monotonic; y0 holds at the first one. */
  readonly times: Float64Array;
  readonly rtol: number;
  /** Shape [P], positive. */
  readonly atol: Float64Array;
  /** Accepted steps after which it stops. */
  readonly maxSteps: number;
  readonly firstStep?: number | undefined;
  readonly maxStep?: number | undefined;
  /** Asked every few thousand steps. */
  readonly signal?: { readonly aborted: boolean } | undefined;
}

/** The solution. `underflow`: the step size fell to nothing; the generic method says why. */
export interface EmittedSolution {
  readonly stopped: "end" | "budget" | "aborted" | "underflow";
  /** Recording times that were reached, shape [T]. */
  readonly times: Float64Array;
  /** Shape [T, P]. */
  readonly values: Float64Array;
  readonly end: { readonly time: number; readonly y: Float64Array };
  readonly counts: Readonly<Counts>;
  /** Length of the step that would have come next. */
  readonly step: number;
}

/** A stepper in WebAssembly written for one system. */
export interface EmittedIntegrator {
  readonly name: EmittedMethod;
  integrate(problem: EmittedProblem): EmittedSolution;
}

/** Steps between two looks at the signal. */
const patience = 5000;

/**
 * Writes a stepper for one system into WebAssembly: dormandPrince54, or rodas4 with a factorisation that knows the
 * pattern of the Jacobian. It takes the steps of the generic method up to rounding. When to use it: a system that is given
 * as a graph and integrated for longer than the milliseconds that writing and compiling take.
 * @returns undefined where the engine or the page's policy does not allow WebAssembly, or the system is too large.
 */
export function emitIntegrator(system: EmittedSystem, name: EmittedMethod): EmittedIntegrator | undefined {
  const emitted = emit(system, name);
  if (emitted === undefined) return undefined;
  return { name, integrate: (problem) => run(emitted, name, problem) };
}

/** Memory large enough for the recording times and rows. */
function memoryFor(emitted: Emitted, T: number): Emitted["views"] {
  const { instance, free, lanes, views } = emitted;
  const needed = free + 8 * T + 8 * (T + 1) * lanes.size + 64;
  const missing = Math.ceil((needed - views.numbers.byteLength) / 65536);
  if (missing > 0) {
    instance.memory.grow(missing);
    emitted.views = viewsOf(instance);
  }
  return emitted.views;
}

/** As `initialStep`, in the module's memory and without allocation. */
function firstStep(emitted: Emitted, problem: EmittedProblem, order: number): number {
  const { lanes, vectors, views } = emitted;
  const { times, maxStep = Infinity } = problem;
  const { numbers } = views;
  const P = lanes.size;
  const span = Math.abs(times[times.length - 1] - times[0]);
  const sign = times[times.length - 1] < times[0] ? -1 : 1;
  const most = Math.min(span, maxStep);
  if (problem.firstStep !== undefined) return sign * Math.min(Math.abs(problem.firstStep), most);
  const place = (vector: number): number => lanes.address(vector) / 8;
  const [y, slope] = [place(vectors.y), place(vectors.slope)];
  const [change, trial] = [place(vectors.scratch), place(vectors.scratch + 1)];
  const size = (vector: number): number => Math.sqrt(emitted.sizeSquared(vector));
  const d0 = size(vectors.y);
  const d1 = size(vectors.slope);
  const h0 = Math.min(d0 < 1e-5 || d1 < 1e-5 ? 1e-6 * Math.max(1, Math.min(span, 1)) : 0.01 * (d0 / d1), most);
  for (let p = 0; p < P; p++) numbers[trial + p] = numbers[y + p] + sign * h0 * numbers[slope + p];
  emitted.evaluate(8 * trial, 8 * change);
  for (let p = 0; p < P; p++) numbers[change + p] -= numbers[slope + p];
  const d2 = size(vectors.scratch) / h0;
  if (!Number.isFinite(d2)) return sign * h0 * 1e-2;
  const steepest = Math.max(d1, d2);
  const h1 = steepest <= 1e-15 ? Math.max(1e-6, h0 * 1e-3) : (0.01 / steepest) ** (1 / (order + 1));
  return sign * Math.min(100 * h0, h1, most);
}

function run(emitted: Emitted, name: EmittedMethod, problem: EmittedProblem): EmittedSolution {
  const { lanes, vectors, free, advance } = emitted;
  const { y0, times, rtol, atol, maxSteps, maxStep = Infinity, signal } = problem;
  const P = y0.length;
  const T = times.length;
  const { numbers, words } = memoryFor(emitted, T);
  const at = (vector: number): number => lanes.address(vector) / 8;
  const rowsAt = free + 8 * T;
  numbers.set(y0, at(vectors.y));
  numbers.fill(1, at(vectors.atol) + P, at(vectors.atol) + lanes.stride / 8); // behind the states: nothing is divided by 0
  numbers.set(atol, at(vectors.atol));
  numbers.set(times, free / 8);
  const [start, end] = [times[0], times[T - 1]];
  numbers[header.t] = start;
  numbers[header.rtol] = rtol;
  emitted.evaluate(lanes.address(vectors.y), lanes.address(vectors.slope));
  numbers[header.h] = firstStep(emitted, problem, name === "rodas4" ? 4 : 5);
  const started = problem.firstStep === undefined ? 2 : 1; // evaluations
  numbers[header.end] = end;
  numbers[header.maxStep] = maxStep;
  numbers[header.before] = Math.log(1e-4);
  words[2 * header.afterRejection] = 0;
  numbers[header.accepted] = 0;
  numbers[header.rejected] = 0;
  words[2 * header.nextTime] = free + 8;
  words[2 * header.lastTime] = free + 8 * T;
  words[2 * header.row] = rowsAt + 8 * P;
  numbers.set(y0, rowsAt / 8);
  let stopped: EmittedSolution["stopped"] = T === 1 ? "end" : "budget";
  while (stopped === "budget" && numbers[header.accepted] < maxSteps) {
    if (signal?.aborted === true) {
      stopped = "aborted";
      break;
    }
    const status = advance(Math.min(patience, maxSteps - numbers[header.accepted]));
    if (status === ended.end) stopped = "end";
    if (status === ended.underflow) stopped = "underflow";
  }
  const reached = (words[2 * header.nextTime] - free) / 8;
  const [accepted, rejected] = [numbers[header.accepted], numbers[header.rejected]];
  const tries = accepted + rejected;
  const stiff = name === "rodas4";
  // rows and the last state leave memory together
  const [from, behind] = [rowsAt / 8, rowsAt / 8 + reached * P];
  numbers.copyWithin(behind, at(vectors.y), at(vectors.y) + P);
  const copy = numbers.slice(from, behind + P);
  return {
    stopped,
    times: reached === T ? times : times.slice(0, reached),
    values: copy.subarray(0, reached * P),
    end: { time: numbers[header.t], y: copy.subarray(reached * P) },
    counts: {
      evaluations: started + (stiff ? accepted + 5 * tries : 6 * tries),
      jacobians: stiff ? accepted : 0,
      factorizations: stiff ? tries : 0,
      accepted,
      rejected,
    },
    step: numbers[header.h],
  };
}
