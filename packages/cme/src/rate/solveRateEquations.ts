import { ArgumentError } from "@dbd/numerics/errors";
import { program } from "@dbd/ode/wasm";
import { type Network, speciesIndex } from "../network.ts";
import { checkTimes } from "../times.ts";
import { March } from "./march.ts";
import { rateEquations } from "./rateEquations.ts";
import type { RateSolution, RateSolveOptions } from "./rateSolution.ts";

const where = "solveRateEquations";

/**
 * Solves the rate equations of a network. When to use it: many copies of every species, or a first look. Cost:
 * milliseconds. Without `integrator` it starts with dormandPrince54 and asks every 500 steps whether they are as long as
 * stability allows (step times spectral radius of the Jacobian above 2.2); if so it goes on with a stiff method.
 * Events are found by sign changes along the dense output: a trigger that is true for less than a quarter of a step may be
 * missed (`maxStep`). A failure on the way is data: `stopped` is "failed", the times before are kept.
 * @param times - Ascending, shape [T].
 * @throws {ArgumentError} Before any work.
 */
export function solveRateEquations(
  network: Network,
  times: ArrayLike<number>,
  options: RateSolveOptions = {},
): RateSolution {
  const { start = 0, convention } = options;
  const wanted = checkTimes(times, start, where);
  const equations = rateEquations(network, { coefficients: [], ...(convention === undefined ? {} : { convention }) });
  for (const [name, value] of options.initial ?? [])
    if (!Number.isFinite(value))
      throw new ArgumentError(where, `the initial amount of ${name} must be finite, got ${value}`);
  const march = new March(equations, wanted, options);
  const ending = march.run();
  const { rows } = march;
  const names = [...equations.states, ...equations.assigned.keys()];
  const roots = names.map((name, p) => equations.assigned.get(name) ?? equations.graph.state(p));
  const outputs = program(equations.graph, roots);
  const all = rows.map((row) => {
    const out = new Float64Array(roots.length);
    outputs.run(row, equations.u, out);
    return out;
  });
  const { species } = network;
  const values = new Float64Array(rows.length * species.length);
  all.forEach((row, t) => values.set(row.subarray(0, species.length), t * species.length));
  return {
    ...ending,
    times: wanted.slice(0, rows.length),
    species,
    values,
    column(name) {
      const place = names.indexOf(name);
      if (place < 0) speciesIndex({ ...network, species: names }, name, where);
      return Float64Array.from(all, (row) => row[place]);
    },
    events: march.events,
    methods: march.methods,
    ...(march.switched === undefined ? {} : { switched: march.switched }),
    counts: march.counts,
    backend: march.backend,
  };
}
