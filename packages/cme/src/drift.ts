import { ArgumentError } from "@dbd/numerics/errors";
import { compile, type CompiledNetwork } from "./compile.ts";
import { symbolsOf } from "./expression.ts";
import { type Network, reactionLabel, speciesIndex } from "./network.ts";
import { propensity } from "./propensity.ts";

/** A function of one species' copy number. */
export type CountFunction = (n: number) => number;

const where = "statisticDrift";

/** Species whose counts the propensity of reaction r reads. */
function readBy({ network, start, species }: CompiledNetwork, r: number): number[] {
  const { rate } = network.reactions[r];
  if (rate.kind === "massAction") return [...species.subarray(start[r], start[r + 1])];
  return symbolsOf(rate.law).map((name) => network.species.indexOf(name));
}

function checkClosed(net: CompiledNetwork, s: number, changing: readonly number[]): void {
  const { network, changeSpecies } = net;
  const moving = new Set(changeSpecies);
  for (const r of changing) {
    const other = readBy(net, r).find((q) => q >= 0 && q !== s && moving.has(q));
    if (other === undefined) continue;
    const name = network.species[s];
    const problem = `${reactionLabel(network, r)} depends on ${network.species[other]}, which moves too`;
    throw new ArgumentError(where, problem, { hint: `The drift of ${name} needs propensities of ${name} alone` });
  }
}

/** Change of species s in one firing of reaction r. */
function changeOf({ changeStart, changeSpecies, change }: CompiledNetwork, r: number, s: number): number {
  for (let e = changeStart[r]; e < changeStart[r + 1]; e++) if (changeSpecies[e] === s) return change[e];
  return 0;
}

/**
 * The backward generator of each reaction applied to a statistic: (L_r φ)(n) = a_r(n) [φ(n + δ_r) − φ(n)], in s⁻¹, so
 * that d⟨φ⟩/dt = Σ_r ⟨L_r φ⟩ for any distribution of n. Other species are held at their initial amounts.
 * @returns One function per reaction, in their order; φ is only called for counts that can be reached, never below 0.
 * @throws {ArgumentError} When a propensity that changes the species depends on another one that moves.
 */
export function statisticDrifts(network: Network, phi: CountFunction, species: string): readonly CountFunction[] {
  const net = compile(network);
  const s = speciesIndex(network, species, where);
  const reactions = network.reactions.map((_, r) => ({ r, delta: changeOf(net, r, s) }));
  checkClosed(
    net,
    s,
    reactions.filter(({ delta }) => delta !== 0).map(({ r }) => r),
  );
  const x = Float64Array.from(network.initial);
  return reactions.map(({ r, delta }) => {
    if (delta === 0) return () => 0;
    return (n) => {
      x[s] = n;
      const a = propensity(net, r, x);
      return a === 0 ? 0 : a * (phi(n + delta) - phi(n));
    };
  });
}

/** The whole drift Σ_r L_r φ of a statistic; see `statisticDrifts`. */
export function statisticDrift(network: Network, phi: CountFunction, species: string): CountFunction {
  const parts = statisticDrifts(network, phi, species);
  return (n) => parts.reduce((sum, part) => sum + part(n), 0);
}
