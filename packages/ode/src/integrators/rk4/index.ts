import { explicitRungeKutta, type Integrator } from "../../tableau.ts";

/**
 * The classical fourth-order method, 4 evaluations a step. The default choice for smooth, non-stiff fields.
 * Kutta (1901); Hairer, Nørsett & Wanner I, table II.1.2.
 */
export const rk4: Integrator = explicitRungeKutta(
  "rk4",
  4,
  [[], [1 / 2], [0, 1 / 2], [0, 0, 1]],
  [1 / 6, 1 / 3, 1 / 3, 1 / 6],
);
