import { counting, counts, identityChart } from "@dbd/boltzmann";
import {
  gradient,
  gradientVariational,
  objective,
  parametric,
  type Problem,
  startFromMoments,
  trapezoid,
} from "@dbd/learn";
import { hat } from "@dbd/numerics/functions/hat";
import { rk4 } from "@dbd/ode";
import { type BenchRow, interleave } from "./interleave.ts";

/** Pure decay in one interaction: 30 coefficients, 30 starts, 21 times. */
function problem(): Problem {
  const family = counts({ order: 1, base: counting });
  const chart = identityChart(1);
  const times = Float64Array.from({ length: 21 }, (_, i) => i / 20);
  const starts = Array.from({ length: 30 }, (_, i) => {
    const nu = 0.1 + i / 10;
    return startFromMoments(family, chart, { label: `${nu}`, awake: times.map((t) => Math.exp(-t) / Math.expm1(nu)) });
  });
  const dynamics = parametric([hat([{ start: 0.1, end: 3, nodes: 30 }])]);
  return { family, chart, dynamics, times, weights: trapezoid(times), starts, integrator: rk4 };
}

/** The gradient of S three ways; finite differences, which everybody has, are the baseline. */
export function gradientRows(): Promise<BenchRow[]> {
  const p = problem();
  const u = Float64Array.from({ length: 30 }, (_, i) => 0.5 + 0.01 * i);
  const out = new Float64Array(30);
  const norm = (g: Float64Array): number => Math.sqrt(g.reduce((sum, v) => sum + v * v, 0));
  gradient(p, u, out);
  const expected = norm(out);
  const near = (tolerance: number) => (value: number) => Math.abs(value - expected) <= tolerance * expected;
  const differences = (): number => {
    const g = u.map((_, i) => {
      const [up, down] = [u.slice(), u.slice()];
      up[i] += 1e-6;
      down[i] -= 1e-6;
      return (objective(p, up) - objective(p, down)) / 2e-6;
    });
    return norm(g);
  };
  const exactly = (f: typeof gradient) => (): number => {
    out.fill(0);
    f(p, u, out);
    return norm(out);
  };
  return interleave("gradient of S (30 coefficients, 30 starts)", [
    { name: "finite differences", run: differences, ok: near(1e-5) },
    { name: "variational equation", run: exactly(gradientVariational), ok: near(1e-9) },
    { name: "discrete adjoint", run: exactly(gradient), ok: near(1e-9) },
  ]);
}
