import { addTransposed, multiply, type SparseRows } from "@dbd/numerics/sparse";
import type { Dynamics } from "@dbd/ode";

/** A moment above the order in terms of the entries of z that come before it. */
export interface ClosedMoment {
  readonly terms: readonly {
    readonly coefficient: number;
    readonly factors: readonly { readonly at: number; readonly power: number }[];
  }[];
}

/** x^p for a whole p; 0 to a negative power is infinite. */
function wholePower(x: number, p: number): number {
  let result = 1;
  for (let i = Math.abs(p); i > 0; i--) result *= x;
  return p < 0 ? 1 / result : result;
}

/** The closed moments in flat arrays: terms of moment h, and factors of each term, by compressed rows. */
class Program {
  private readonly first: number;
  private readonly start: Int32Array;
  private readonly coefficient: Float64Array;
  private readonly factorStart: Int32Array;
  private readonly at: Int32Array;
  private readonly power: Int32Array;

  constructor(first: number, closed: readonly ClosedMoment[]) {
    const terms = closed.flatMap(({ terms }) => terms);
    const factors = terms.flatMap(({ factors }) => factors);
    let sum = 0;
    this.first = first;
    this.start = Int32Array.from([0, ...closed.map(({ terms }) => (sum += terms.length))]);
    sum = 0;
    this.factorStart = Int32Array.from([0, ...terms.map(({ factors }) => (sum += factors.length))]);
    this.coefficient = Float64Array.from(terms, ({ coefficient }) => coefficient);
    this.at = Int32Array.from(factors, ({ at }) => at);
    this.power = Int32Array.from(factors, ({ power }) => power);
  }

  /** Writes the closed moments into z, whose entries before them are set. */
  complete(z: Float64Array): void {
    const { first, start, coefficient, factorStart, at, power } = this;
    for (let h = 0; h + 1 < start.length; h++) {
      let sum = 0;
      for (let e = start[h]; e < start[h + 1]; e++) {
        let product = coefficient[e];
        for (let f = factorStart[e]; f < factorStart[e + 1]; f++) product *= wholePower(z[at[f]], power[f]);
        sum += product;
      }
      z[first + h] = sum;
    }
  }

  /** ∂ term e / ∂ z[at[f]]: the other factors are multiplied, so that a factor 0 does no harm. */
  private slope(z: Float64Array, e: number, f: number): number {
    const { coefficient, factorStart, at, power } = this;
    let product = coefficient[e] * power[f] * wholePower(z[at[f]], power[f] - 1);
    for (let g = factorStart[e]; g < factorStart[e + 1]; g++) {
      if (g !== f) product *= wholePower(z[at[g]], power[g]);
    }
    return product;
  }

  /** Forward: dz of the closed moments from that of the others. */
  push(z: Float64Array, dz: Float64Array): void {
    const { first, start, factorStart, at } = this;
    for (let h = 0; h + 1 < start.length; h++) {
      let sum = 0;
      for (let e = start[h]; e < start[h + 1]; e++) {
        for (let f = factorStart[e]; f < factorStart[e + 1]; f++) sum += this.slope(z, e, f) * dz[at[f]];
      }
      dz[first + h] = sum;
    }
  }

  /** Backward: hands zBar of the closed moments on to the others. */
  pull(z: Float64Array, zBar: Float64Array): void {
    const { first, start, factorStart, at } = this;
    for (let h = start.length - 2; h >= 0; h--) {
      const seed = zBar[first + h];
      for (let e = start[h]; e < start[h + 1]; e++) {
        for (let f = factorStart[e]; f < factorStart[e + 1]; f++) zBar[at[f]] += this.slope(z, e, f) * seed;
      }
    }
  }
}

/**
 * dy/dt = A z with z = (1, y, closed moments of y): the vector field of a closed hierarchy with its derivatives. It has
 * no coefficients: P = rows of A, Q = 0.
 * @param matrix - Shape [P, 1 + P + H].   @param closed - Shape [H], each in terms of entries of z before it.
 */
export function closedField(matrix: SparseRows, closed: readonly ClosedMoment[]): Dynamics {
  const P = matrix.rows;
  const program = new Program(P + 1, closed);
  const z = new Float64Array(matrix.columns);
  const dz = new Float64Array(matrix.columns);
  const lay = (y: Float64Array): void => {
    z[0] = 1;
    z.set(y, 1);
    program.complete(z);
  };
  return {
    shape: [P, 0],
    evaluate(y, _u, out) {
      lay(y);
      multiply(matrix, z, 0, out);
    },
    jvp(y, _u, dy, _du, out) {
      lay(y);
      dz[0] = 0;
      dz.set(dy, 1);
      program.push(z, dz);
      multiply(matrix, dz, 0, out);
    },
    vjp(y, _u, seed, yBar) {
      lay(y);
      dz.fill(0);
      addTransposed(matrix, seed, 1, dz, 0);
      program.pull(z, dz);
      for (let i = 0; i < P; i++) yBar[i] += dz[i + 1];
    },
  };
}
