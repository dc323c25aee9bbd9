import { additiveRungeKutta, type AdditiveTableau } from "../../additive.ts";
import type { AdaptiveMethod } from "../../method.ts";

const b = [82889 / 524892, 0, 15625 / 83664, 69875 / 102672, -2260 / 8211, 1 / 4];

/** The coefficients of `kennedyCarpenter43`. */
export const kennedyCarpenter43Tableau: AdditiveTableau = {
  name: "kennedyCarpenter43",
  order: 4,
  gamma: 1 / 4,
  explicit: [
    [],
    [1 / 2],
    [13861 / 62500, 6889 / 62500],
    [-116923316275 / 2393684061468, -2731218467317 / 15368042101831, 9408046702089 / 11113171139209],
    [
      -451086348788 / 2902428689909,
      -2682348792572 / 7519795681897,
      12662868775082 / 11960479115383,
      3355817975965 / 11060851509271,
    ],
    [
      647845179188 / 3216320057751,
      73281519250 / 8382639484533,
      552539513391 / 3454668386233,
      3354512671639 / 8306763924573,
      4040 / 17871,
    ],
  ],
  implicit: [
    [],
    [1 / 4],
    [8611 / 62500, -1743 / 31250],
    [5012029 / 34652500, -654441 / 2922500, 174375 / 388108],
    [15267082809 / 155376265600, -71443401 / 120774400, 730878875 / 902184768, 2285395 / 8070912],
    b.slice(0, 5),
  ],
  b,
  embedded: {
    order: 3,
    weights: [
      4586570599 / 29645900160,
      0,
      178811875 / 945068544,
      814220225 / 1159782912,
      -3700637 / 11593932,
      61727 / 225920,
    ],
  },
};

/**
 * ARK4(3)6L[2]SA, an implicit–explicit Runge–Kutta pair of orders 4(3) for a `splitField`: the implicit part L-stable and
 * stiffly accurate, with a cubic between the steps. Take it with `integrate` when the stiff part of the field is easy to
 * linearise (diffusion, fast reactions) and the rest is dear or not smooth enough for Newton's iteration. A step costs 6
 * evaluations of the explicit part and some 11 of the implicit one.
 * Kennedy & Carpenter (2003), Appl. Numer. Math. 44, 139, doi:10.1016/S0168-9274(02)00138-1.
 */
export const kennedyCarpenter43: AdaptiveMethod = additiveRungeKutta(kennedyCarpenter43Tableau);
