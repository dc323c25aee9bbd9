/** An initial value problem of the ODE benchmark, y(0) = y0 to `end`; the fields write into `out` and allocate nothing. */
export interface OdeProblem {
  readonly name: string;
  readonly y0: readonly number[];
  readonly end: number;
  readonly evaluate: (t: number, y: ArrayLike<number>, out: { [index: number]: number }) => void;
  /** Row-major, for the stiff ones. */
  readonly jacobian?: (t: number, y: Float64Array, out: Float64Array) => void;
}

const rossler: OdeProblem = {
  name: "rossler",
  y0: [1, 1, 0],
  end: 50,
  evaluate(_t, y, out) {
    out[0] = -y[1] - y[2];
    out[1] = y[0] + 0.2 * y[1];
    out[2] = 0.2 + y[2] * (y[0] - 5.7);
  },
};

/** Diffusion on a line of 100 cells. */
const linear100: OdeProblem = {
  name: "linear100",
  y0: Array.from({ length: 100 }, (_, i) => Math.sin(0.1 * (i + 1)) + 1),
  end: 10,
  evaluate(_t, y, out) {
    out[0] = y[1] - 2 * y[0];
    for (let i = 1; i < 99; i++) out[i] = y[i - 1] - 2 * y[i] + y[i + 1];
    out[99] = y[98] - 2 * y[99];
  },
};

const lotkaVolterra: OdeProblem = {
  name: "lotkaVolterra",
  y0: [1, 1],
  end: 10,
  evaluate(_t, y, out) {
    out[0] = 1.5 * y[0] - y[0] * y[1];
    out[1] = -3 * y[1] + y[0] * y[1];
  },
};

const brusselator: OdeProblem = {
  name: "brusselator",
  y0: [1.5, 3],
  end: 20,
  evaluate(_t, y, out) {
    const square = y[0] * y[0] * y[1];
    out[0] = 1 + square - 4 * y[0];
    out[1] = 3 * y[0] - square;
  },
};

/** Seven stars in a plane. Hairer, Nørsett & Wanner I, §II.10. */
const pleiades: OdeProblem = {
  name: "pleiades",
  y0: [3, 3, -1, -3, 2, -2, 2, 3, -3, 2, 0, 0, -4, 4, 0, 0, 0, 0, 0, 1.75, -1.5, 0, 0, 0, -1.25, 1, 0, 0],
  end: 3,
  evaluate(_t, y, out) {
    for (let i = 0; i < 7; i++) {
      let ax = 0;
      let ay = 0;
      for (let j = 0; j < 7; j++) {
        if (j === i) continue;
        const dx = y[j] - y[i];
        const dy = y[7 + j] - y[7 + i];
        const square = dx * dx + dy * dy;
        const weight = (j + 1) / (square * Math.sqrt(square));
        ax += weight * dx;
        ay += weight * dy;
      }
      out[i] = y[14 + i];
      out[7 + i] = y[21 + i];
      out[14 + i] = ax;
      out[21 + i] = ay;
    }
  },
};

/** Kepler's orbit of eccentricity 0.1. */
const kepler: OdeProblem = {
  name: "kepler",
  y0: [0.9, 0, 0, Math.sqrt(1.1 / 0.9)],
  end: 20,
  evaluate(_t, y, out) {
    const square = y[0] * y[0] + y[1] * y[1];
    const cube = square * Math.sqrt(square);
    out[0] = y[2];
    out[1] = y[3];
    out[2] = -y[0] / cube;
    out[3] = -y[1] / cube;
  },
};

/** Robertson's reactions to t = 1e5. Hairer & Wanner II, §IV.1. */
const robertson: OdeProblem = {
  name: "robertson",
  y0: [1, 0, 0],
  end: 1e5,
  evaluate(_t, y, out) {
    const slow = 0.04 * y[0];
    const middle = 1e4 * y[1] * y[2];
    const fast = 3e7 * y[1] * y[1];
    out[0] = middle - slow;
    out[1] = slow - middle - fast;
    out[2] = fast;
  },
  jacobian(_t, y, out) {
    out[0] = -0.04;
    out[1] = 1e4 * y[2];
    out[2] = 1e4 * y[1];
    out[3] = 0.04;
    out[4] = -1e4 * y[2] - 6e7 * y[1];
    out[5] = -1e4 * y[1];
    out[6] = 0;
    out[7] = 6e7 * y[1];
    out[8] = 0;
  },
};

const cells = 50;
/**
 * A stiff network of 50 species: a signalling ring in which X_i + X_{i+1} → X_i + X_{i+2} (k = 10), X_i → X_{i+1} with
 * constants from 1e-2 to 1e4, and X_i → X_{i−1} (k = 1). Copies are conserved.
 */
const ring50: OdeProblem = {
  name: "ring50",
  y0: Array.from({ length: cells }, (_, i) => (i < 5 ? 1 : 0)),
  end: 100,
  evaluate(_t, y, out) {
    for (let i = 0; i < cells; i++) out[i] = 0;
    for (let i = 0; i < cells; i++) {
      const [next, after, last] = [(i + 1) % cells, (i + 2) % cells, (i + cells - 1) % cells];
      const forward = ringRates[i] * y[i];
      const catalysed = 10 * y[i] * y[next];
      out[i] -= forward + y[i];
      out[next] += forward - catalysed;
      out[after] += catalysed;
      out[last] += y[i];
    }
  },
  jacobian(_t, y, out) {
    out.fill(0);
    for (let i = 0; i < cells; i++) {
      const [next, after, last] = [(i + 1) % cells, (i + 2) % cells, (i + cells - 1) % cells];
      out[i * cells + i] -= ringRates[i] + 1;
      out[next * cells + i] += ringRates[i] - 10 * y[next];
      out[next * cells + next] -= 10 * y[i];
      out[after * cells + i] += 10 * y[next];
      out[after * cells + next] += 10 * y[i];
      out[last * cells + i] += 1;
    }
  },
};
/** Constants of X_i → X_{i+1}. */
export const ringRates: readonly number[] = Array.from({ length: cells }, (_, i) => 10 ** (((i * 7) % 13) / 2 - 2));

export const odeProblems: readonly OdeProblem[] = [
  rossler,
  linear100,
  lotkaVolterra,
  brusselator,
  pleiades,
  kepler,
  robertson,
  ring50,
];
