import {
  binomial,
  type Chart,
  counting,
  counts,
  type CountsFamily,
  identityChart,
  logMomentsChart,
  poisson,
} from "@dbd/boltzmann";
import type { Network } from "@dbd/cme";
import { didYouMean, SourceError } from "@dbd/numerics/errors";
import type { Experiment } from "./document.ts";
import { type StartRequest, startRequests } from "./starts.ts";
import { type TimeGrid, timeGrid } from "./times.ts";

/** A document together with its model: everything that is known before any number is computed. */
export interface Setup {
  readonly experiment: Experiment;
  readonly network: Network;
  /** The observed species. */
  readonly species: string;
  readonly family: CountsFamily;
  readonly chart: Chart;
  readonly chartLabels: readonly string[];
  readonly grid: TimeGrid;
  readonly starts: readonly StartRequest[];
}

/**
 * Brings a document and its model together.
 * @throws SourceError where they do not fit.
 */
export function setUp(experiment: Experiment, network: Network): Setup {
  const { family: wanted, chart: chartName } = experiment.input;
  const species = observedSpecies(experiment, network);
  const base =
    wanted.base === "counting" ? counting : wanted.base === "poisson" ? poisson : binomial(wanted.base.binomial);
  const family = counts({ order: wanted.order, base });
  if (chartName === "log-moments" && wanted.order > 2)
    throw new SourceError(
      experiment.place(["chart"]),
      `found log-moments with family.order ${wanted.order}; expected order 1 or 2`,
      {
        hint: "Use chart: identity",
      },
    );
  const chart = chartName === "identity" ? identityChart(wanted.order) : logMomentsChart(family);
  const chartLabels =
    chartName === "identity" ? family.labels : ["log mean", "log variance/mean"].slice(0, wanted.order);
  const grid = timeGrid(experiment);
  const starts = startRequests(experiment, { species: network.species, observed: species, order: wanted.order });
  checkAxes(experiment, wanted.order);
  for (const { law, path } of starts) {
    const reason = law.kind === "family" ? family.normalisable(law.nu) : undefined;
    if (reason !== undefined)
      throw new SourceError(
        experiment.place(path),
        `found a ν that is not normalisable (${reason}); expected a distribution`,
        {
          hint: "Keep the top coefficient positive, or take base: { binomial: N } for a finite support",
        },
      );
  }
  return { experiment, network, species, family, chart, chartLabels, grid, starts };
}

function observedSpecies(experiment: Experiment, { species }: Network): string {
  const wanted = experiment.input.family.species;
  const list = species.join(", ") || "none";
  if (wanted === undefined) {
    if (species.length === 1) return species[0];
    throw new SourceError(experiment.place(["family"]), `found no species; expected the one to reduce to, of ${list}`, {
      hint: `Add family.species: ${species[0] ?? "…"}`,
    });
  }
  if (species.includes(wanted)) return wanted;
  const near = didYouMean(wanted, species);
  throw new SourceError(experiment.place(["family", "species"]), `found "${wanted}"; expected one of ${list}`, {
    hint: near === undefined ? "Name a species of the model" : `Did you mean "${near}"?`,
  });
}

function checkAxes(experiment: Experiment, order: number): void {
  const { nodes, inputs, box } = experiment.input.dynamics;
  const refuse = (key: string, problem: string, hint: string): never => {
    throw new SourceError(experiment.place(["dynamics", key]), problem, { hint });
  };
  const reads = inputs ?? Array.from({ length: order }, (_, k) => k + 1);
  const beyond = reads.find((k) => k > order);
  if (beyond !== undefined)
    refuse("inputs", `found coordinate ${beyond}; expected 1 to ${order} (family.order)`, "Coordinates count from 1");
  if (new Set(reads).size !== reads.length)
    refuse("inputs", "found a coordinate twice; expected each once", "Remove one");
  const size = typeof nodes === "number" ? 1 : nodes.length;
  if (typeof nodes !== "number" && size !== reads.length)
    refuse(
      "nodes",
      `found ${size} numbers of nodes; expected ${reads.length}, one per coordinate that F reads`,
      `nodes: [${reads.map(() => 10).join(", ")}]`,
    );
  if (box === undefined) return;
  if (box.length !== reads.length)
    refuse(
      "box",
      `found ${box.length} intervals; expected ${reads.length}, one per coordinate that F reads`,
      "Leave box out to take it from the data",
    );
  box.forEach(([start, end], i) => {
    if (!(start < end))
      throw new SourceError(
        experiment.place(["dynamics", "box", i]),
        `found [${start}, ${end}]; expected start < end`,
        { hint: "Swap the two" },
      );
  });
}
