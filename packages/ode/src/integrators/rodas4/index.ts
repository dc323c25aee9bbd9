import { rosenbrock, type RosenbrockMethod, type RosenbrockTableau } from "../../rosenbrock.ts";

const last = [1.221224509226641, 6.019134481288629, 12.53708332932087, -0.687886036105895];

/** The coefficients of `rodas4`. */
export const rodas4Tableau: RosenbrockTableau = {
  name: "rodas4",
  order: 4,
  gamma: 1 / 4,
  a: [
    [],
    [1.544],
    [0.9466785280815826, 0.2557011698983284],
    [3.314825187068521, 2.896124015972201, 0.9986419139977817],
    last,
    [...last, 1],
  ],
  c: [
    [],
    [-5.6688],
    [-2.430093356833875, -0.2063599157091915],
    [-0.1073529058151375, -9.594562251023355, -20.47028614809616],
    [7.496443313967647, -10.24680431464352, -33.99990352819905, 11.7089089320616],
    [8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136, -6.058818238834054],
  ],
  m: [...last, 1, 1],
  error: { order: 3, weights: [0, 0, 0, 0, 0, 1] },
  interpolant: {
    order: 3,
    p: [10.12623508344586, -7.487995877610167, -34.80091861555747, -7.992771707568823, 1.025137723295662, 0],
    q: [-0.6762803392801253, 6.087714651680015, 16.43084320892478, 24.76722511418386, -6.594389125716872, 0],
  },
};

/**
 * RODAS, a Rosenbrock pair of orders 4(3) with dense output of order 3: L-stable and stiffly accurate, 6 evaluations, one
 * Jacobian and one factorisation a step. The first choice with `integrate` for stiff problems of up to some dozens of
 * states. Hairer & Wanner, Solving Ordinary Differential Equations II (1996), §IV.7 and §VI.4, first set of coefficients.
 */
export const rodas4: RosenbrockMethod = rosenbrock(rodas4Tableau);
