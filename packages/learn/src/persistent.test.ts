import { counting, counts, poisson } from "@dbd/boltzmann";
import { expect, test } from "vitest";
import { learn } from "./learn.ts";
import { naturalGradient } from "./optimizers/naturalGradient/index.ts";
import { decay } from "./optimizers/optimizer.ts";
import { persistentPhase } from "./persistent.ts";
import { exactPhase, type AsleepPhase } from "./phases.ts";
import type { Problem } from "./problem.ts";
import { gridProblem } from "./reference/galtonWatson.ts";
import type { ProjectedStart } from "./starts.ts";

const path = Array.from({ length: 12 }, (_, t) => Float64Array.of(-1.5 + 0.08 * t, 0.25 + 0.01 * t));

/** Moments along the path, one start. */
function along(phase: AsleepPhase): Float64Array[] {
  return path.map((nu, t) => {
    const out = new Float64Array(2);
    phase(nu, out, t);
    return out;
  });
}

test("chains carried along t have the exact moments at every time", () => {
  const family = counts({ order: 2, base: counting });
  const chains = 1500;
  const phaseOf = persistentPhase(family, { chains, sweeps: 10, seed: "chains" });
  const exact = along(exactPhase(family));
  const C = new Float64Array(4);
  for (const iteration of [0, 1])
    for (const [t, got] of along(phaseOf(iteration)).entries()) {
      family.covariance(path[t], C);
      // 4.5 standard errors of independent chains, 48 numbers: chains that are not moved along lag by 20.
      for (let k = 0; k < 2; k++)
        expect(Math.abs(got[k] - exact[t][k]) / Math.sqrt(C[3 * k] / chains)).toBeLessThan(4.5);
    }
});

test("a lag shows when nothing moves the chains: one sweep over a fast path is further off than twenty", () => {
  const family = counts({ order: 1, base: poisson });
  const off = (sweeps: number): number => {
    const phase = persistentPhase(family, { chains: 3000, sweeps, seed: 1 })(0);
    const out = new Float64Array(1);
    let worst = 0;
    for (let t = 0; t < 8; t++) {
      const nu = Float64Array.of(-5 + 0.7 * t);
      phase(nu, out, t);
      worst = Math.max(worst, Math.abs(out[0] * Math.exp(nu[0]) - 1));
    }
    return worst;
  };
  expect(off(1)).toBeGreaterThan(0.2);
  expect(off(20)).toBeLessThan(0.05);
});

const floor = ({ starts, weights }: Problem): number =>
  starts.reduce((sum, start) => {
    const { floor: kl = new Float64Array(0) } = start as ProjectedStart;
    return sum + kl.reduce((total, v, t) => total + weights[t] * v, 0);
  }, 0);

test("it learns the slides' example, and a seed fixes the result", async () => {
  const whole = gridProblem();
  const problem = { ...whole, starts: whole.starts.filter((_, i) => i % 6 === 0) };
  const options = {
    optimizer: naturalGradient({ rate: decay(1, 0.3, 15), trust: 1 }),
    iterations: 15,
    asleep: { chains: 200, sweeps: 3, seed: "asleep" },
  };
  const first = await learn(problem, options);
  const S = first.objective.map((value) => value - floor(problem));
  expect(S.at(-1)).toBeLessThan(0.02 * S[0]);
  const short = { ...options, iterations: 2 };
  expect((await learn(problem, short)).u).toEqual((await learn(problem, short)).u);
});

test("impossible numbers and families without weights are refused", () => {
  const family = counts({ order: 1, base: poisson });
  expect(() => persistentPhase(family, { chains: 0, seed: 1 })).toThrow("asleep.chains must be a positive integer");
  expect(() => persistentPhase(family, { chains: 9, sweeps: 0.5, seed: 1 })).toThrow("asleep.sweeps must be");
  const bare = { ...family, logBase: undefined } as unknown as typeof family;
  expect(() => persistentPhase(bare, { chains: 9, seed: 1 })).toThrow("no chains of counts");
});
