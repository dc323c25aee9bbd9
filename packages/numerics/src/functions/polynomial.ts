import { ArgumentError } from "../errors.ts";
import type { ParametricFunction } from "./function.ts";

/** A polynomial with the exponents of its terms. */
export interface PolynomialFunction extends ParametricFunction {
  /** Exponents of every term, in the order of the coefficients: degree by degree, 1 first. */
  readonly terms: readonly (readonly number[])[];
}

/** All exponents of d variables with the given sum, the first variable's highest first. */
function exponents(d: number, sum: number): number[][] {
  if (d === 1) return [[sum]];
  return Array.from({ length: sum + 1 }, (_, i) => exponents(d - 1, i).map((rest) => [sum - i, ...rest])).flat();
}

/**
 * All monomials of d inputs up to a total degree, C(d + degree, d) coefficients. Few coefficients and linear in them, but
 * it grows without bound outside the data: for small boxes, never for extrapolation.
 * @throws ArgumentError when inputs or degree are not whole numbers, or the coefficients are more than 10⁶.
 */
export function polynomial(inputs: number, degree: number): PolynomialFunction {
  if (!Number.isInteger(inputs) || inputs < 1)
    throw new ArgumentError("polynomial", `inputs must be a positive integer, got ${inputs}`);
  if (!Number.isInteger(degree) || degree < 0)
    throw new ArgumentError("polynomial", `degree must be a non-negative integer, got ${degree}`);
  let count = 1;
  for (let j = 1; j <= inputs; j++) count = (count * (degree + j)) / j;
  if (count > 1e6) throw new ArgumentError("polynomial", `degree ${degree} in ${inputs} inputs has ${count} terms`);
  const terms = Array.from({ length: degree + 1 }, (_, sum) => exponents(inputs, sum)).flat();
  const powers = new Float64Array(inputs * (degree + 1)); // x_jᵐ
  const fill = (x: Float64Array): void => {
    for (let j = 0; j < inputs; j++) {
      const at = j * (degree + 1);
      powers[at] = 1;
      for (let m = 1; m <= degree; m++) powers[at + m] = powers[at + m - 1] * x[j];
    }
  };
  const monomial = (term: readonly number[]): number => {
    let product = 1;
    for (let j = 0; j < inputs; j++) product *= powers[j * (degree + 1) + term[j]];
    return product;
  };
  return {
    inputs,
    coefficients: terms.length,
    terms,
    value(x, u, offset) {
      fill(x);
      let sum = 0;
      for (let i = 0; i < terms.length; i++) sum += u[offset + i] * monomial(terms[i]);
      return sum;
    },
    gradient(x, u, offset, out) {
      fill(x);
      for (let l = 0; l < inputs; l++) {
        let sum = 0;
        for (let i = 0; i < terms.length; i++) {
          const power = terms[i][l];
          if (power === 0) continue;
          let product = power;
          for (let j = 0; j < inputs; j++) product *= powers[j * (degree + 1) + terms[i][j] - (j === l ? 1 : 0)];
          sum += u[offset + i] * product;
        }
        out[l] = sum;
      }
    },
    addWeights(x, _u, offset, scale, out) {
      fill(x);
      for (let i = 0; i < terms.length; i++) out[offset + i] += scale * monomial(terms[i]);
    },
  };
}
