import type { Optimizer } from "./optimizers/optimizer.ts";

/** Scales of a convex quadratic f(u) = ½ Σ s_q (u_q − 1)², condition number 100. */
const scales = [0.1, 1, 10];

/**
 * The conformance kit that every optimiser passes: a zero gradient at the start moves nothing, a first step goes
 * downhill, u is updated in place without touching the gradient, the result depends on (u, gradient, state,
 * iteration) alone, and a quadratic of condition 100 is reduced a hundredfold within `iterations`.
 * @returns The problems found, as sentences; empty when the optimiser conforms.
 */
export function optimizerConformance(optimizer: Optimizer, iterations = 2000): string[] {
  const { name } = optimizer;
  const problems: string[] = [];
  if (!/^[a-z][A-Za-z0-9]*$/.test(name)) problems.push(`the name must be camelCase, got ${JSON.stringify(name)}`);
  const still = Float64Array.of(1, -2, 3);
  optimizer.step(still, new Float64Array(3), optimizer.state(3), 0);
  if (still.join() !== "1,-2,3") problems.push(`${name}: a zero gradient moved u to ${still.join()}`);

  const gradient = slopeAt(new Float64Array(3));
  const kept = gradient.join();
  const once = new Float64Array(3);
  optimizer.step(once, gradient, optimizer.state(3), 0);
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
  for (let i = 0; i < iterations; i++) optimizer.step(u, slopeAt(u), state, i);
  return u;
}
