/** How fast a process runs, as a function of the variables it reads and of positive constants. */
export interface RateLaw {
  readonly name: string;
  /** Names of its constants. */
  readonly constants: readonly string[];
  /** v(x; k) in 1/time. */
  value(x: Float64Array, k: Float64Array): number;
  /** dx = ∂v/∂x and dk = ∂v/∂k at (x, k). */
  gradient(x: Float64Array, k: Float64Array, dx: Float64Array, dk: Float64Array): void;
}

/** v = k Π x_i; without inputs a constant inflow. Name an input twice for A + A. */
export const massAction: RateLaw = {
  name: "massAction",
  constants: ["k"],
  value: (x, k) => x.reduce((product, v) => product * v, k[0]),
  gradient(x, k, dx, dk) {
    for (let i = 0; i < x.length; i++) {
      dx[i] = k[0];
      for (let j = 0; j < x.length; j++) if (j !== i) dx[i] *= x[j];
    }
    dk[0] = x.reduce((product, v) => product * v, 1);
  },
};

/** v = vMax x/(K + x) of one input. Michaelis & Menten (1913), Biochem. Z. 49, 333. */
export const michaelisMenten: RateLaw = {
  name: "michaelisMenten",
  constants: ["vMax", "K"],
  value: ([x], [v, K]) => (v * x) / (K + x),
  gradient([x], [v, K], dx, dk) {
    dx[0] = (v * K) / (K + x) ** 2;
    dk[0] = x / (K + x);
    dk[1] = (-v * x) / (K + x) ** 2;
  },
};

/** v = vMax xⁿ/(Kⁿ + xⁿ) of one input, with the exponent n a constant too. Hill (1910), J. Physiol. 40, iv. */
export const hill: RateLaw = {
  name: "hill",
  constants: ["vMax", "K", "n"],
  value([x], [v, K, n]) {
    return v / (1 + (K / x) ** n);
  },
  gradient([x], [v, K, n], dx, dk) {
    const q = (K / x) ** n;
    const part = 1 / (1 + q);
    const slope = v * q * part * part; // −∂v/∂ log q
    dx[0] = (slope * n) / x;
    dk[0] = part;
    dk[1] = (-slope * n) / K;
    dk[2] = -slope * Math.log(K / x);
  },
};
