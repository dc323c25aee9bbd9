import { explicitRungeKutta, type Integrator } from "../../tableau.ts";

/**
 * Euler's method, 1 evaluation a step, order 1. For teaching, and for fields that are not even continuous; everything
 * else is cheaper with `heun`. Euler (1768); Hairer, Nørsett & Wanner I, §I.7.
 */
export const euler: Integrator = explicitRungeKutta("euler", 1, [[]], [1]);
