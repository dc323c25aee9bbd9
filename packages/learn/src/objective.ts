import { checkProblem, trajectoryOf, type Problem, type Start } from "./problem.ts";

/**
 * KL(p‖p̃) = Σ p log(p/q) + Σ ν⟨φ⟩_p + log Z(ν) at every time (docs/theory.md, eq. (5)), in nats: log p̃ is taken
 * analytically, never as the log of a probability that may have underflowed. Without negEntropy the constant is missing
 * (cross-entropy).
 * @param nu - Natural parameters, shape [T, P].
 * @returns Shape [T].
 */
export function divergences(
  family: Problem["family"],
  nu: Float64Array,
  { awake, negEntropy }: Pick<Start, "awake" | "negEntropy">,
): Float64Array {
  const P = family.labels.length;
  return Float64Array.from({ length: nu.length / P }, (_, t) => {
    const at = nu.subarray(t * P, (t + 1) * P);
    let kl = (negEntropy?.[t] ?? 0) + family.logZ(at);
    for (let k = 0; k < P; k++) kl += at[k] * awake[t * P + k];
    return kl;
  });
}

/** Maps chart coordinates to natural parameters time by time, both [T, P]. */
export function toNuPath({ chart, family }: Pick<Problem, "chart" | "family">, y: Float64Array): Float64Array {
  const P = family.labels.length;
  const nu = new Float64Array(y.length);
  for (let i = 0; i < y.length; i += P) chart.toNu(y.subarray(i, i + P), nu.subarray(i, i + P));
  return nu;
}

/**
 * The action of the slides' eq. 3, exact: S(u) = Σ_starts Σ_t w_t KL(p‖p̃(ν(t; u))), plus the penalty.
 * @param u - Coefficients of F, shape [Q].
 * @throws ArgumentError on wrong shapes or when a trajectory leaves the normalisable ν; NumericalError when it is not finite.
 */
export function objective(problem: Problem, u: Float64Array): number {
  checkProblem("objective", problem, u);
  return action(problem, u) + (problem.penalty?.evaluate(u) ?? 0);
}

/** The objective without its penalty, unchecked. */
export function action(problem: Problem, u: Float64Array): number {
  let S = 0;
  for (const start of problem.starts) {
    const kl = divergences(problem.family, toNuPath(problem, trajectoryOf(problem, u, start).values), start);
    for (let t = 0; t < kl.length; t++) S += problem.weights[t] * kl[t];
  }
  return S;
}
