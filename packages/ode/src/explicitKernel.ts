import type { Dynamics } from "./dynamics.ts";
import { addScaled, vectors } from "./vectors.ts";
import type { ExplicitScheme, StepKernel, Tape } from "./stepKernel.ts";
import type { Integrator } from "./tableau.ts";
import { tangent } from "./tangent.ts";

/** The tableau in flat arrays. */
export function explicitScheme([P, Q]: Dynamics["shape"], integrator: Integrator): ExplicitScheme {
  const stages = integrator.b.length;
  const a = new Float64Array(stages * stages);
  integrator.a.forEach((row, i) => a.set(row, i * stages));
  return { P, Q, stages, a, b: Float64Array.from(integrator.b) };
}

/** The steps of an explicit tableau. The tape holds the stage points y + h Σ_j a_ij k_j, where derivatives are taken. */
export function explicitKernel(dynamics: Dynamics, u: Float64Array, integrator: Integrator): StepKernel {
  const scheme = explicitScheme(dynamics.shape, integrator);
  const { P, stages, a, b } = scheme;
  const slopes = vectors(stages, P);
  return {
    tape: () => vectors(stages, P),
    step(h, y, points) {
      for (let s = 0; s < stages; s++) {
        points[s].set(y);
        addScaled(points[s], h, a, s * stages, s, slopes);
        dynamics.evaluate(points[s], u, slopes[s]);
      }
      addScaled(y, h, b, 0, stages, slopes);
    },
    tangent: (columns, driven) => tangent(scheme, dynamics, u, columns, driven),
    reverse: (lambda, uBar) => reverseStep(scheme, dynamics, u, lambda, uBar),
  };
}

/** Row s holds column s of a: which stages after s weigh on its slope. */
export function above({ stages, a }: ExplicitScheme): Float64Array {
  const out = new Float64Array(stages * stages);
  for (let i = 0; i < stages; i++) for (let j = 0; j < i; j++) out[j * stages + i] = a[i * stages + j];
  return out;
}

function reverseStep(
  scheme: ExplicitScheme,
  dynamics: Dynamics,
  u: Float64Array,
  lambda: Float64Array,
  uBar: Float64Array,
): (h: number, points: Tape) => void {
  const { P, stages, b } = scheme;
  const pointBars = vectors(stages, P);
  const slopeBar = new Float64Array(P);
  const later = above(scheme);
  return (h, points) => {
    for (let s = stages - 1; s >= 0; s--) {
      for (let p = 0; p < P; p++) slopeBar[p] = h * b[s] * lambda[p];
      addScaled(slopeBar, h, later, s * stages, stages, pointBars); // only stages after s weigh
      pointBars[s].fill(0);
      dynamics.vjp(points[s], u, slopeBar, pointBars[s], uBar);
    }
    for (let s = 0; s < stages; s++) for (let p = 0; p < P; p++) lambda[p] += pointBars[s][p];
  };
}
