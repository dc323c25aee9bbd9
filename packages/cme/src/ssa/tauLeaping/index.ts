import { ArgumentError, UnsupportedError } from "@dbd/numerics/errors";
import { drawPoisson } from "@dbd/numerics/random/poisson";
import { drawExponentialByZiggurat } from "@dbd/numerics/random/ziggurat";
import type { CompiledDynamics, CompiledNetwork } from "../../compile.ts";
import { symbolsOf, timeSymbol } from "../../expression.ts";
import { eventLabel, reactionLabel } from "../../network.ts";
import { type Engine, REACHED, SPENT, type Start } from "../engine.ts";
import { propensityFailure } from "../failure.ts";
import { factored, type Factors, factorsOf, fire } from "../factors.ts";
import type { Method } from "../method.ts";
import { simulatorOf } from "../simulator.ts";
import { createLeap, type Leap } from "./leap.ts";

export interface TauLeapingOptions {
  /** Relative change of any propensity that one leap may bring, 0.03 when left out. */
  readonly epsilon?: number;
  /** A reaction that could use up a reactant within this many firings is fired one by one; 10 when left out. */
  readonly critical?: number;
}

/** Exact steps in a row, where leaps would be no longer than some of them (Cao, Gillespie & Petzold 2006, step 3). */
const EXACT_STEPS = 100;
/** A leap pays when it is longer than this many exact steps. */
const WORTHWHILE = 10;

/** State of one trajectory. */
interface Workspace extends Factors {
  readonly a: Float64Array;
  readonly clock: Float64Array;
  /** Present time; the sum of propensities; exact steps left. */
  readonly now: Float64Array;
  readonly leap: Leap;
}

function evaluate(net: CompiledNetwork, ws: Workspace, x: Float64Array, r: number, t: number): void {
  const value = factored(net, ws, r, x);
  ws.a[r] = value;
  if (!(value >= 0)) throw propensityFailure(net, ws.a, x, t);
}

function evaluateAll(net: CompiledNetwork, ws: Workspace, { x }: Start, t: number): void {
  for (let r = 0; r < ws.a.length; r++) evaluate(net, ws, x, r, t);
  ws.now[1] = sumOf(net, ws, x, t);
}

function sumOf(net: CompiledNetwork, { a }: Workspace, x: Float64Array, t: number): number {
  let total = 0;
  for (const value of a) total += value;
  if (!(total < Infinity)) throw propensityFailure(net, a, x, t);
  return total;
}

/** The reaction at u · (sum of those whose mark is `mark`), in their order. */
function choose(a: Float64Array, marks: Uint8Array, mark: number, target: number): number {
  let before = 0;
  let last = -1;
  for (let r = 0; r < a.length; r++) {
    if (marks[r] !== mark || !(a[r] > 0)) continue;
    last = r;
    before += a[r];
    if (target < before) return r;
  }
  return last;
}

/** One event of the direct method; REACHED when it lies beyond `until`, and then forgotten (it is memoryless). */
function exactStep(net: CompiledNetwork, ws: Workspace, start: Start, until: number): number {
  const { a, now, clock } = ws;
  const { x, random, most } = start;
  const t = now[1] > 0 ? now[0] + drawExponentialByZiggurat(random) / now[1] : Infinity;
  if (!(t < until)) {
    now[0] = until;
    return REACHED;
  }
  const target = random() * now[1];
  let r = 0;
  let before = a[0];
  while (target >= before && r < a.length - 1) before += a[++r];
  while (!(a[r] > 0)) r = r === 0 ? a.length - 1 : r - 1;
  now[0] = t;
  clock[0] = t;
  clock[1]++;
  fire(net, r, x, most, t);
  const last = net.dependentStart[r + 1];
  for (let d = net.dependentStart[r]; d < last; d++) evaluate(net, ws, x, net.dependent[d], t);
  now[1] = sumOf(net, ws, x, t);
  return 0;
}

/** A leap of at most `longest` without a critical reaction. @returns Events fired, −1 when there is no room for them. */
function leapOnce(ws: Workspace, start: Start, longest: number, until: number, room: number): number {
  const { a, now, leap } = ws;
  const { x, random, most } = start;
  const { critical, counts, next } = leap;
  let criticalSum = 0;
  for (let r = 0; r < a.length; r++) if (critical[r] === 1) criticalSum += a[r];
  for (let tau1 = longest; ; tau1 /= 2) {
    const tau2 = criticalSum > 0 ? drawExponentialByZiggurat(random) / criticalSum : Infinity;
    const left = until - now[0];
    const tau = Math.min(tau1, tau2, left);
    let events = 0;
    for (let r = 0; r < a.length; r++) {
      counts[r] = critical[r] === 1 || a[r] === 0 ? 0 : drawPoisson(random, a[r] * tau);
      events += counts[r];
    }
    if (tau2 === tau && tau2 < left) {
      counts[choose(a, critical, 1, random() * criticalSum)]++;
      events++;
    }
    // A leap that would take a count below 0 is drawn again at half its length (step 6).
    if (events > room) return -1;
    if (!leap.apply(x, most)) continue;
    for (let s = 0; s < next.length; s++) x[s] = next[s];
    now[0] = tau === left ? until : now[0] + tau;
    return events;
  }
}

function advance(net: CompiledNetwork, ws: Workspace, start: Start, until: number, budget: number): number {
  const { now, clock, leap, a } = ws;
  while (now[0] < until) {
    if (now[1] === 0) {
      now[0] = until;
      break;
    }
    if (clock[1] >= budget) return SPENT;
    if (now[2] > 0) {
      now[2]--;
      exactStep(net, ws, start, until);
      continue;
    }
    const longest = leap.longest(start.x, a);
    if (longest < WORTHWHILE / now[1]) {
      now[2] = EXACT_STEPS;
      continue;
    }
    let events = leapOnce(ws, start, longest, until, budget - clock[1]);
    for (let tau = Math.min(longest, until - now[0]); events < 0; ) {
      // More events than the budget has left: shorter leaps, and at last single events.
      tau /= 2;
      if (tau < WORTHWHILE / now[1]) {
        now[2] = EXACT_STEPS;
        events = 0;
      } else events = leapOnce(ws, start, tau, until, budget - clock[1]);
    }
    clock[1] += events;
    if (events > 0) clock[0] = now[0];
    evaluateAll(net, ws, start, now[0]);
  }
  return REACHED;
}

function createEngine(net: CompiledNetwork, epsilon: number, critical: number): Engine {
  const ws: Workspace = {
    ...factorsOf(net),
    a: new Float64Array(net.rate.length),
    clock: new Float64Array(2),
    now: new Float64Array(3),
    leap: createLeap(net, epsilon, critical),
  };
  let start: Start;
  return {
    clock: ws.clock,
    begin(from) {
      start = from;
      ws.clock[0] = from.time;
      ws.clock[1] = 0;
      ws.now[0] = from.time;
      ws.now[2] = 0;
      evaluateAll(net, ws, from, from.time);
    },
    advance: (until, budget) => advance(net, ws, start, until, budget),
    refresh(t) {
      ws.now[0] = t;
      evaluateAll(net, ws, start, t);
    },
  };
}

/** What leaps cannot do: notice the moment at which a state is reached, or follow a rate through time. */
function refuse(net: CompiledNetwork, { timed, resolve }: CompiledDynamics): void {
  const [law] = timed;
  if (law !== undefined) {
    const label = reactionLabel(net.network, law.reaction);
    throw new UnsupportedError(`a rate that depends on time (${label}) in the method tauLeaping`);
  }
  for (const [i, { trigger }] of (net.network.events ?? []).entries()) {
    const state = symbolsOf(resolve(trigger)).find((name) => name !== timeSymbol && !net.network.parameters.has(name));
    if (state === undefined) continue;
    const label = eventLabel(net.network, i);
    throw new UnsupportedError(`an event on the state (${label} reads ${state}) in the method tauLeaping`, {
      hint: "Take an exact method",
    });
  }
}

/**
 * Adaptive explicit tau-leaping (Cao, Gillespie & Petzold 2006, doi:10.1063/1.2159468): many events at a time, as Poisson
 * numbers, over a step in which no propensity is expected to change by more than ε of itself. Approximate, with a bias
 * that falls with ε; exact steps where leaps would be short; no count falls below 0. For large copy numbers. Laws are
 * taken for reactions of third order in every species that they read. Leaps end at the times that are recorded.
 * @throws {ArgumentError} For an ε outside (0, 1). `prepare` throws {UnsupportedError} for events on the state and laws
 * of time.
 */
export function tauLeapingWith({ epsilon = 0.03, critical = 10 }: TauLeapingOptions = {}): Method {
  if (!(epsilon > 0 && epsilon < 1))
    throw new ArgumentError("tauLeaping", `epsilon must lie in (0, 1), got ${epsilon}`);
  if (!(Number.isInteger(critical) && critical >= 1)) {
    throw new ArgumentError("tauLeaping", `critical must be an integer of at least 1, got ${critical}`);
  }
  return {
    name: "tauLeaping",
    prepare(net) {
      if (net.dynamics !== undefined) refuse(net, net.dynamics);
      return simulatorOf(net, "tauLeaping", createEngine(net, epsilon, critical));
    },
  };
}

/** `tauLeapingWith()`: ε = 0.03. */
export const tauLeaping: Method = /* @__PURE__ */ tauLeapingWith();
