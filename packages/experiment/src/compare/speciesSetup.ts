import { countsOfSpecies, productsUpTo, type SpeciesFamily } from "@dbd/boltzmann";
import type { InitialDistribution, Network } from "@dbd/cme";
import { SourceError, UnsupportedError } from "@dbd/numerics/errors";
import type { Experiment } from "../document.ts";
import { baseOf } from "../setup.ts";
import { type StartRequest, startRequests } from "../starts.ts";
import { type TimeGrid, timeGrid } from "../times.ts";

/** A document of several species together with its model. */
export interface SpeciesSetup {
  readonly experiment: Experiment;
  readonly network: Network;
  readonly species: readonly string[];
  readonly grid: TimeGrid;
  readonly starts: readonly StartRequest[];
  /** The family of products of binomials up to an order. */
  family(order: number): SpeciesFamily;
  initial(request: StartRequest): InitialDistribution | undefined;
}

/** Whether a document observes several species. */
export const hasSeveralSpecies = ({ input }: Experiment): boolean => typeof input.family.species === "object";

/** More states than these make every step of a projected field take seconds. */
const MOST_STATES = 150_000;

/**
 * Brings a document of several species and its model together.
 * @throws SourceError where they do not fit.
 */
export function speciesSetup(experiment: Experiment, network: Network): SpeciesSetup {
  const { family } = experiment.input;
  const species = typeof family.species === "object" ? family.species : [];
  const missing =
    network.species.find((name) => !species.includes(name)) ?? species.find((name) => !network.species.includes(name));
  if (missing !== undefined || species.length !== network.species.length)
    throw new SourceError(
      experiment.place(["family", "species"]),
      `found ${species.join(", ")}; expected all species of the model: ${network.species.join(", ")}`,
      { hint: "A list stands for the whole state; name one species to observe it alone" },
    );
  const starts = startRequests(experiment, { species: network.species, observed: species[0], order: 1 });
  const odd = starts.find(({ law }) => law.kind === "table" || law.kind === "family" || law.kind === "units");
  if (odd !== undefined)
    throw new SourceError(
      experiment.place(odd.path),
      `found ${odd.label}; expected model, fixed, poisson or binomial counts by species`,
      {
        hint: `fixed: { ${species.map((name) => `${name}: 10`).join(", ")} }`,
      },
    );
  return {
    experiment,
    network,
    species: network.species,
    grid: timeGrid(experiment),
    starts,
    family: (order) => familyOfSpecies(experiment, network.species, order),
    initial: initialOfSpecies,
  };
}

function familyOfSpecies(experiment: Experiment, names: readonly string[], order: number): SpeciesFamily {
  const { base, max } = experiment.input.family;
  const most = (name: string): number | undefined => (typeof max === "object" ? max[name] : max);
  const states = names.reduce((product, name) => product * ((most(name) ?? Infinity) + 1), 1);
  if (!(states <= MOST_STATES))
    throw new UnsupportedError(
      `a family on ${Number.isFinite(states) ? states : "infinitely many"} states of ${names.join(" and ")}`,
      {
        hint: `At most ${MOST_STATES} are summed at every step: give family.max, or take a closure`,
      },
    );
  return countsOfSpecies({
    species: names.map((name) => {
      const largest = most(name);
      return { name, base: baseOf(base), ...(largest === undefined ? {} : { max: largest }) };
    }),
    statistics: productsUpTo(names.length, order),
  });
}

function initialOfSpecies({ law }: StartRequest): InitialDistribution | undefined {
  switch (law.kind) {
    case "fixed":
      return { kind: "fixed", counts: law.values };
    case "poisson":
      return { kind: "poisson", means: law.values };
    case "binomial":
      return {
        kind: "binomial",
        trials: new Map([...law.values].map(([name, v]) => [name, v.trials])),
        probability: new Map([...law.values].map(([name, v]) => [name, v.probability])),
      };
    default:
      return undefined;
  }
}
