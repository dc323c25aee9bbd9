import type { AsleepPhase } from "./phase.ts";

/** Exact sums: machines with at most 20 units on one side. */
export const exactPhase: AsleepPhase = {
  name: "exact",
  state: () => undefined,
  moments(machine, nu, _batch, _chains, _random, out) {
    machine.asleepMoments(nu, null, out.phi);
    const { visible, hidden } = machine.marginals(nu);
    out.visible.set(visible);
    out.hidden.set(hidden);
  },
};
