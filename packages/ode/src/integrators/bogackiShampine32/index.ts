import { explicitRungeKutta, type Integrator } from "../../tableau.ts";

/**
 * Bogacki and Shampine's pair of orders 3(2), 3 evaluations a step (the fourth is the next step's first). Use it with
 * `integrate` at loose tolerances, above 1e-4, or when the field has kinks. Its dense output is the cubic Hermite.
 * Bogacki & Shampine (1989), Appl. Math. Lett. 2, 321, doi:10.1016/0893-9659(89)90079-7.
 */
export const bogackiShampine32: Integrator = explicitRungeKutta(
  "bogackiShampine32",
  3,
  [[], [1 / 2], [0, 3 / 4], [2 / 9, 1 / 3, 4 / 9]],
  [2 / 9, 1 / 3, 4 / 9, 0],
  { embedded: { order: 2, weights: [7 / 24, 1 / 4, 1 / 3, 1 / 8] } },
);
