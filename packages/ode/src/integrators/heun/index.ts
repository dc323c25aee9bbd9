import { explicitRungeKutta, type Integrator } from "../../tableau.ts";

/**
 * Heun's second-order method (explicit trapezoidal rule), 2 evaluations a step. Use it when the field is only
 * piecewise smooth (a hat grid) or a step is already finer than the data. Hairer, Nørsett & Wanner I, §II.1.
 */
export const heun: Integrator = explicitRungeKutta("heun", 2, [[], [1]], [1 / 2, 1 / 2]);
