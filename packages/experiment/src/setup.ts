import {
  type BaseMeasure,
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
import type { ExperimentInput, FamilyInput } from "./schema.ts";
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

/** Charts whose scales come from data: until then they stand for ν itself. */
export const needsDataForChart = ({ chart }: Pick<ExperimentInput, "chart">): boolean =>
  chart === "orthonormal" || chart === "asinh";

export const baseOf = (base: FamilyInput["base"]): BaseMeasure =>
  base === "counting" ? counting : base === "poisson" ? poisson : binomial(base.binomial);

/** The family of a document. */
export function familyOf({ order, base, max }: ExperimentInput["family"]): CountsFamily {
  return counts({ order, base: baseOf(base), ...(typeof max === "number" ? { max } : {}) });
}

/** The chart of a document as far as it is known before the data, with the names of its coordinates. */
export function chartOf(experiment: Experiment, family: CountsFamily): Pick<Setup, "chart" | "chartLabels"> {
  const { order } = family;
  const { chart } = experiment.input;
  if (chart === "log-moments" && order > 2)
    throw new SourceError(
      experiment.place(["chart"]),
      `found log-moments with family.order ${order}; expected order 1 or 2`,
      {
        hint: "Use chart: identity, orthonormal or asinh",
      },
    );
  checkForm(experiment, order);
  if (chart === "log-moments")
    return { chart: logMomentsChart(family), chartLabels: ["log mean", "log variance/mean"].slice(0, order) };
  const names = { identity: "", orthonormal: "orthonormal ", asinh: "asinh of orthonormal " };
  return { chart: identityChart(order), chartLabels: family.labels.map((label) => `${names[chart]}${label}`) };
}

/** What form of F fits which chart and family. */
function checkForm(experiment: Experiment, order: number): void {
  const { chart, dynamics } = experiment.input;
  const { form } = dynamics;
  const refuse = (problem: string, hint: string): never => {
    throw new SourceError(experiment.place(["dynamics", "form"]), problem, { hint });
  };
  if (form === "closure-rows" && order < 2)
    refuse("found closure-rows with one interaction; expected family.order of at least 2", "Raise family.order");
  if (form === "closure-rows" && chart !== "identity")
    refuse(
      `found closure-rows with chart ${chart}; expected chart: identity`,
      "The rows read log mean and log variance/mean by themselves",
    );
  if (form === "closure-rows" && dynamics.function === "hat")
    refuse("found closure-rows of hat functions; expected network, polynomial or hermite", "Take function: network");
  if ((form === "residual" || form === "rates") && chart === "asinh")
    refuse(
      `found ${form} with chart ${chart}; expected another chart`,
      "Use chart: identity, orthonormal or log-moments",
    );
}

/**
 * Brings a document and its model together.
 * @throws SourceError where they do not fit.
 */
export function setUp(experiment: Experiment, network: Network): Setup {
  const { family: wanted } = experiment.input;
  const species = observedSpecies(experiment, network);
  const family = familyOf(wanted);
  const chart = chartOf(experiment, family);
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
  return { experiment, network, species, family, ...chart, grid, starts };
}

function observedSpecies(experiment: Experiment, { species }: Network): string {
  const wanted = experiment.input.family.species;
  const list = species.join(", ") || "none";
  if (typeof wanted === "object")
    throw new SourceError(
      experiment.place(["family", "species"]),
      `found ${wanted.length} species; expected one of ${list}`,
      {
        hint: "Several species are for dbd compare; name one to learn",
      },
    );
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

export function checkAxes(experiment: Experiment, order: number): void {
  const { nodes, inputs, box, form } = experiment.input.dynamics;
  const refuse = (key: string, problem: string, hint: string): never => {
    throw new SourceError(experiment.place(["dynamics", key]), problem, { hint });
  };
  if (form === "closure-rows" && inputs !== undefined)
    refuse("inputs", "found inputs with closure-rows; expected none", "The rows read log mean and log variance/mean");
  const reads = inputs ?? Array.from({ length: form === "closure-rows" ? 2 : order }, (_, k) => k + 1);
  const beyond = reads.find((k) => k > order);
  if (beyond !== undefined)
    refuse("inputs", `found coordinate ${beyond}; expected 1 to ${order} (family.order)`, "Coordinates count from 1");
  if (new Set(reads).size !== reads.length)
    refuse("inputs", "found a coordinate twice; expected each once", "Remove one");
  const size = typeof nodes === "object" ? nodes.length : 1;
  if (typeof nodes === "object" && size !== reads.length)
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
