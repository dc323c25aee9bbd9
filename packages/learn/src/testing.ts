import type { RunControl } from "@dbd/numerics/run";
import { counts, identityChart, poisson } from "@dbd/boltzmann";
import { polynomial } from "@dbd/numerics/functions/polynomial";
import { rk4 } from "@dbd/ode";
import { parametric } from "./dynamics/parametric/index.ts";
import { gradient } from "./gradient.ts";
import type { Minimiser, Optimizer } from "./optimizers/optimizer.ts";
import { normPenalty } from "./penalty.ts";
import { trapezoid, type Problem } from "./problem.ts";
import { startFromMoments } from "./starts.ts";

/** Scales of a convex quadratic f(u) = ½ Σ s_q (u_q − 1)², condition number 100. */
const scales = [0.1, 1, 10];
const metric = Float64Array.of(0.1, 0, 0, 0, 1, 0, 0, 0, 10);

/**
 * The conformance kit of every optimiser that sees gradients only: a zero gradient at the start moves nothing, a first
 * step goes downhill, u is updated in place without touching the gradient, the result depends on (u, gradient, state,
 * iteration) alone, and a quadratic of condition 100 is reduced a hundredfold within `iterations`.
 * @returns The problems found, as sentences; empty when the optimiser conforms.
 */
export function optimizerConformance(optimizer: Optimizer, iterations = 2000): string[] {
  const { name } = optimizer;
  const problems: string[] = [];
  if (!/^[a-z][A-Za-z0-9]*$/.test(name)) problems.push(`the name must be camelCase, got ${JSON.stringify(name)}`);
  const still = Float64Array.of(1, -2, 3);
  optimizer.step(still, new Float64Array(3), optimizer.state(3), 0, metric);
  if (still.join() !== "1,-2,3") problems.push(`${name}: a zero gradient moved u to ${still.join()}`);

  const gradient = slopeAt(new Float64Array(3));
  const kept = gradient.join();
  const once = new Float64Array(3);
  optimizer.step(once, gradient, optimizer.state(3), 0, metric);
  if (gradient.join() !== kept) problems.push(`${name}: the gradient was overwritten`);
  if (!(once.reduce((sum, v, q) => sum + v * gradient[q], 0) < 0))
    problems.push(`${name}: the first step is not downhill`);

  const first = run(optimizer, iterations);
  if (first.join() !== run(optimizer, iterations).join()) problems.push(`${name}: two equal runs differ`);
  const reduction = heightAt(first) / heightAt(new Float64Array(3));
  if (!(reduction < 0.01)) problems.push(`${name}: reduced a quadratic only by the factor ${reduction}`);
  return problems;
}

const slopeAt = (u: Float64Array): Float64Array => u.map((v, q) => scales[q] * (v - 1));
const heightAt = (u: Float64Array): number => u.reduce((sum, v, q) => sum + (scales[q] / 2) * (v - 1) ** 2, 0);

function run(optimizer: Optimizer, iterations: number): Float64Array {
  const u = new Float64Array(3);
  const state = optimizer.state(3);
  for (let i = 0; i < iterations; i++) optimizer.step(u, slopeAt(u), state, i, metric);
  return u;
}

/**
 * Pure decay of Poisson counts, dν/dt = k: the minimum of S is near u = (k, 0), and the penalty makes it the only one.
 */
function decayProblem(): Problem {
  const family = counts({ order: 1, base: poisson });
  const chart = identityChart(1);
  const times = Float64Array.from({ length: 6 }, (_, t) => t / 5);
  const starts = [1, 4].map((mean) =>
    startFromMoments(family, chart, { label: `mean ${mean}`, awake: times.map((t) => mean * Math.exp(-0.7 * t)) }),
  );
  const dynamics = parametric([polynomial(1, 1)]);
  const penalty = normPenalty(2, 1e-3);
  return { family, chart, dynamics, times, weights: trapezoid(times), starts, integrator: rk4, penalty };
}

/**
 * The conformance kit of every minimiser: S never rises, the gradient falls a thousandfold at the end, u0 is left
 * alone, two runs are equal, the number of iterations is kept, and an abort is obeyed.
 * @param stopped - `{ signal: AbortSignal.abort() }`.
 * @returns The problems found, as sentences; empty when the minimiser conforms.
 */
export async function minimiserConformance(minimise: Minimiser, stopped: RunControl): Promise<string[]> {
  const problems: string[] = [];
  const problem = decayProblem();
  const u0 = Float64Array.of(-0.5, 0.5);
  const steepness = (u: Float64Array): number => {
    const g = new Float64Array(2);
    gradient(problem, u, g);
    return Math.max(...g.map(Math.abs));
  };
  const result = await minimise(problem, u0, { tolerance: 1e-13 });
  if (u0.join() !== "-0.5,0.5") problems.push("u0 was overwritten");
  if (result.objective.some((S, i) => i > 0 && !(S <= result.objective[i - 1]))) problems.push("S rose");
  const reduction = steepness(result.u) / steepness(u0);
  if (!(reduction < 1e-3)) problems.push(`the gradient fell only by the factor ${reduction}`);
  if (result.objective.length !== result.iterations + 1) problems.push("the history of S does not fit the iterations");
  if ((await minimise(problem, u0, { tolerance: 1e-13 })).u.join() !== result.u.join())
    problems.push("two equal runs differ");
  const short = await minimise(problem, u0, { iterations: 1 });
  if (short.iterations !== 1 || short.stopped !== "budget")
    problems.push(`one iteration was allowed, done were ${short.iterations} (${short.stopped})`);
  const aborted = await minimise(problem, u0, stopped);
  if (aborted.stopped !== "aborted" || aborted.iterations !== 0) problems.push("an abort was not obeyed");
  return problems;
}
