import { ArgumentError } from "../errors.ts";
import { drawNormal } from "../random/normal.ts";
import type { RandomSource } from "../random/source.ts";
import { exp } from "../special.ts";
import type { ParametricFunction } from "./function.ts";

/** A multilayer perceptron with a way to begin. */
export interface NetworkFunction extends ParametricFunction {
  /** Units per layer, inputs and the one output included. */
  readonly layers: readonly number[];
  /**
   * Random coefficients to start a fit from, shape [q]: weights of standard deviation 1/√(units before), biases of
   * standard deviation 1 (so that the units' slopes lie at different places), and the last layer `outputScale` of that.
   */
  initial(random: RandomSource, outputScale?: number): Float64Array;
}

/** Where a fit starts: with `standardise`, inputs are shifted and scaled before the first layer. */
export interface NetworkOptions {
  /** Mean and spread of every input, shape [d] each: the network sees (x − mean)/spread. Not learned. */
  readonly standardise?: { readonly mean: readonly number[]; readonly spread: readonly number[] };
}

const tanh = (x: number): number => 1 - 2 / (exp(2 * x) + 1);

/**
 * A smooth network: d inputs, hidden layers of tanh units, one linear output. Coefficients layer by layer, inside a layer
 * unit by unit, inside a unit its bias and then its weights. Use it where a grid would have too many nodes, or a smooth F
 * from few coefficients is wanted; it starts from random numbers, so report more than one seed.
 * @param inputs - d.
 * @param hidden - Units of every hidden layer, such as [5].
 * @throws ArgumentError when a size is not a positive integer, or the standardisation does not fit.
 */
export function network(inputs: number, hidden: readonly number[], options: NetworkOptions = {}): NetworkFunction {
  const layers = [inputs, ...hidden, 1];
  const bad = layers.find((size) => !Number.isInteger(size) || size < 1);
  if (bad !== undefined) throw new ArgumentError("network", `every layer needs a positive number of units, got ${bad}`);
  if (hidden.length === 0) throw new ArgumentError("network", "needs at least one hidden layer");
  const { mean, spread } = standard(inputs, options);
  const L = layers.length;
  const begins: number[] = [];
  let coefficients = 0;
  for (let l = 1; l < L; l++) {
    begins.push(coefficients);
    coefficients += layers[l] * (1 + layers[l - 1]);
  }
  const units = layers.map((size) => new Float64Array(size)); // outputs of every layer
  const bars = layers.map((size) => new Float64Array(size)); // their adjoints
  const forward = (x: Float64Array, u: Float64Array, offset: number): number => {
    for (let j = 0; j < inputs; j++) units[0][j] = (x[j] - mean[j]) / spread[j];
    for (let l = 1; l < L; l++) {
      const below = units[l - 1];
      let at = offset + begins[l - 1];
      for (let i = 0; i < layers[l]; i++) {
        let sum = u[at++];
        for (let j = 0; j < below.length; j++) sum += u[at++] * below[j];
        units[l][i] = l === L - 1 ? sum : tanh(sum);
      }
    }
    return units[L - 1][0];
  };
  /** Adjoints of all layers; where weights are wanted, out[offset + i] += scale ∂f/∂uᵢ. */
  const backward = (u: Float64Array, offset: number, scale: number, weights: Float64Array | undefined): void => {
    bars[L - 1][0] = scale;
    for (let l = L - 1; l >= 1; l--) {
      const below = units[l - 1];
      bars[l - 1].fill(0);
      let at = offset + begins[l - 1];
      for (let i = 0; i < layers[l]; i++) {
        const y = units[l][i];
        const bar = l === L - 1 ? bars[l][i] : bars[l][i] * (1 - y * y);
        if (weights !== undefined) {
          weights[at] += bar;
          for (let j = 0; j < below.length; j++) weights[at + 1 + j] += bar * below[j];
        }
        at++;
        for (let j = 0; j < below.length; j++) bars[l - 1][j] += bar * u[at++];
      }
    }
  };
  return {
    inputs,
    coefficients,
    layers,
    value: forward,
    gradient(x, u, offset, out) {
      forward(x, u, offset);
      backward(u, offset, 1, undefined);
      for (let j = 0; j < inputs; j++) out[j] = bars[0][j] / spread[j];
    },
    addWeights(x, u, offset, scale, out) {
      forward(x, u, offset);
      backward(u, offset, scale, out);
    },
    initial(random, outputScale = 1) {
      const u = new Float64Array(coefficients);
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

function standard(inputs: number, { standardise }: NetworkOptions): { mean: Float64Array; spread: Float64Array } {
  const mean = Float64Array.from(standardise?.mean ?? Array.from({ length: inputs }, () => 0));
  const spread = Float64Array.from(standardise?.spread ?? Array.from({ length: inputs }, () => 1));
  if (mean.length !== inputs || spread.length !== inputs)
    throw new ArgumentError("network", `standardise needs ${inputs} means and ${inputs} spreads`);
  if (!mean.every(Number.isFinite) || !spread.every((s) => s > 0 && s < Infinity))
    throw new ArgumentError("network", "standardise needs finite means and positive spreads");
  return { mean, spread };
}
