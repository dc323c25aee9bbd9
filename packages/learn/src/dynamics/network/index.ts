import { ArgumentError } from "@dbd/numerics/errors";
import { drawNormal } from "@dbd/numerics/random/normal";
import type { RandomSource } from "@dbd/numerics/random/source";
import { exp } from "@dbd/numerics/special";
import type { Dynamics } from "@dbd/ode";

/** One network for all components of F, with a way to begin. */
export interface NetworkDynamics extends Dynamics {
  /** Units per layer: inputs (P and the known ones), hidden layers, P outputs. */
  readonly layers: readonly number[];
  /**
   * Random coefficients [Q]: weights of deviation 1/√(units before), biases of deviation 1, the last layer
   * `outputScale` of that.
   */
  initial(random: RandomSource, outputScale?: number): Float64Array;
}

/** Known scales and inputs. */
export interface NetworkDynamicsOptions {
  /** Units of every hidden layer, such as [20]. */
  readonly hidden: readonly number[];
  /** Mean and spread of every input, [P + known] each: the network sees (x − mean)/spread. */
  readonly standardise?: { readonly mean: readonly number[]; readonly spread: readonly number[] };
  /** F_k is `outputs[k]` times the k-th output, [P]: the size of dy_k/dt in the data. 1 unless given. */
  readonly outputs?: readonly number[];
  /** Inputs that are known and constant in a start, such as log rates; they follow the P components of y. */
  readonly known?: Float64Array;
}

const tanh = (x: number): number => 1 - 2 / (exp(2 * x) + 1);

/**
 * dy/dt = scale · network(y, known): a multilayer perceptron with tanh units whose hidden units all components of F
 * share, smooth, and bounded outside the data: the field for three and more coordinates, where grids have too many
 * nodes. It starts from random numbers: report more than one seed. For one network per component see `parametric`.
 * @param P - Number of coordinates.
 * @throws ArgumentError when a size is not a positive integer, or a scale does not fit.
 */
export function networkDynamics(P: number, options: NetworkDynamicsOptions): NetworkDynamics {
  const { hidden, known = new Float64Array(0) } = options;
  const inputs = P + known.length;
  const layers = [inputs, ...hidden, P];
  const bad = layers.find((size) => !Number.isInteger(size) || size < 1);
  if (bad !== undefined || hidden.length === 0)
    throw new ArgumentError("networkDynamics", `needs hidden layers of positive size, got [${layers.join(", ")}]`);
  const { mean, spread, scale } = scales(P, inputs, options);
  const L = layers.length;
  const begins: number[] = [];
  let Q = 0;
  for (let l = 1; l < L; l++) {
    begins.push(Q);
    Q += layers[l] * (1 + layers[l - 1]);
  }
  const make = (): Float64Array[] => layers.map((size) => new Float64Array(size));
  const [units, tangents, bars] = [make(), make(), make()];
  const forward = (y: Float64Array, u: Float64Array): void => {
    for (let j = 0; j < inputs; j++) units[0][j] = ((j < P ? y[j] : known[j - P]) - mean[j]) / spread[j];
    for (let l = 1; l < L; l++) {
      const below = units[l - 1];
      let at = begins[l - 1];
      for (let i = 0; i < layers[l]; i++) {
        let sum = u[at++];
        for (let j = 0; j < below.length; j++) sum += u[at++] * below[j];
        units[l][i] = l === L - 1 ? sum : tanh(sum);
      }
    }
  };
  return {
    shape: [P, Q],
    layers,
    evaluate(y, u, out) {
      forward(y, u);
      for (let k = 0; k < P; k++) out[k] = scale[k] * units[L - 1][k];
    },
    jvp(y, u, dy, du, out) {
      forward(y, u);
      for (let j = 0; j < inputs; j++) tangents[0][j] = j < P ? dy[j] / spread[j] : 0;
      for (let l = 1; l < L; l++) {
        const [below, along] = [units[l - 1], tangents[l - 1]];
        let at = begins[l - 1];
        for (let i = 0; i < layers[l]; i++) {
          let sum = du[at++];
          for (let j = 0; j < below.length; j++, at++) sum += du[at] * below[j] + u[at] * along[j];
          const value = units[l][i];
          tangents[l][i] = l === L - 1 ? sum : sum * (1 - value * value);
        }
      }
      for (let k = 0; k < P; k++) out[k] = scale[k] * tangents[L - 1][k];
    },
    vjp(y, u, seed, yBar, uBar) {
      forward(y, u);
      for (let k = 0; k < P; k++) bars[L - 1][k] = scale[k] * seed[k];
      for (let l = L - 1; l >= 1; l--) {
        const below = units[l - 1];
        bars[l - 1].fill(0);
        let at = begins[l - 1];
        for (let i = 0; i < layers[l]; i++) {
          const value = units[l][i];
          const bar = l === L - 1 ? bars[l][i] : bars[l][i] * (1 - value * value);
          uBar[at++] += bar;
          for (let j = 0; j < below.length; j++, at++) {
            uBar[at] += bar * below[j];
            bars[l - 1][j] += bar * u[at];
          }
        }
      }
      for (let j = 0; j < P; j++) yBar[j] += bars[0][j] / spread[j];
    },
    initial(random, outputScale = 1) {
      const u = new Float64Array(Q);
      let at = 0;
      for (let l = 1; l < L; l++) {
        const factor = l === L - 1 ? outputScale : 1;
        for (let i = 0; i < layers[l]; i++) {
          u[at++] = factor * drawNormal(random);
          for (let j = 0; j < layers[l - 1]; j++) u[at++] = (factor * drawNormal(random)) / Math.sqrt(layers[l - 1]);
        }
      }
      return u;
    },
  };
}

function scales(
  P: number,
  inputs: number,
  { standardise, outputs }: NetworkDynamicsOptions,
): { mean: Float64Array; spread: Float64Array; scale: Float64Array } {
  const fill = (given: readonly number[] | undefined, length: number, value: number): Float64Array =>
    given === undefined ? new Float64Array(length).fill(value) : Float64Array.from(given);
  const mean = fill(standardise?.mean, inputs, 0);
  const spread = fill(standardise?.spread, inputs, 1);
  const scale = fill(outputs, P, 1);
  if (mean.length !== inputs || spread.length !== inputs || scale.length !== P)
    throw new ArgumentError("networkDynamics", `standardise needs ${inputs} means and spreads, outputs ${P} scales`);
  const positive = (x: number): boolean => x > 0 && x < Infinity;
  if (!mean.every(Number.isFinite) || !spread.every(positive) || !scale.every(positive))
    throw new ArgumentError("networkDynamics", "needs finite means, positive spreads and positive scales");
  return { mean, spread, scale };
}
