import { project } from "@dbd/boltzmann";
import { type Network, summary } from "@dbd/cme";
import { ArgumentError, NumericalError, UnsupportedError } from "@dbd/numerics/errors";
import { pace } from "@dbd/numerics/run";
import type { AwakeData } from "../awake.ts";
import type { Experiment } from "../document.ts";
import type { ResultArray } from "../result.ts";
import { allData, type RunOptions } from "../run.ts";
import { setUp, type Setup } from "../setup.ts";
import { initialOf } from "../tables.ts";
import { closureContestant, everyClosure } from "./closures.ts";
import { type Comparison, type ComparisonRow, judged } from "./comparison.ts";
import { speciesContest, learnedOfSpecies, projectedOfSpecies, speciesTruths } from "./speciesContest.ts";
import { hasSeveralSpecies, speciesSetup, type SpeciesSetup } from "./speciesSetup.ts";
import { parseRow, printRow } from "./comparisonText.ts";
import {
  type Contest,
  type Contestant,
  type ContestControl,
  type Forecasts,
  noForecast,
  type Truth,
} from "./contest.ts";
import { familyName, learnedContestant, projectedContestant } from "./fields.ts";
import { replacementOf } from "./replacement.ts";
import { scoreOf } from "./score.ts";
import { variantData, variantSetup } from "./variant.ts";

/** How to run a comparison. */
export interface CompareOptions extends RunOptions {
  /** Milliseconds, for what a method took; without it the seconds are NaN. */
  readonly clock?: (() => number) | undefined;
}

/** A finished comparison, or what there is of it. */
export interface ComparisonRun {
  /** Missing when aborted before the truth was known. */
  readonly comparison?: Comparison | undefined;
  readonly stopped: "end" | "aborted";
  readonly events: number;
}

/**
 * Every method on one system: all closures, the projected fields, and the learned models of the document, each from every
 * start, against the truth. A method that fails is a row with its verdict. Finished rows are kept as stages, so that an
 * interrupted comparison continues.
 * @param network - The document's model, already read.
 * @throws SourceError where document and model do not fit.
 */
export async function compareExperiment(
  experiment: Experiment,
  network: Network,
  options: CompareOptions = {},
): Promise<ComparisonRun> {
  const entry = hasSeveralSpecies(experiment)
    ? await speciesEntry(speciesSetup(experiment, network), options)
    : await oneSpeciesEntry(setUp(experiment, network), options);
  const { events, contest } = entry;
  if (contest === undefined) return { stopped: "aborted", events };
  const { rows, stopped } = await rowsOf(contest, entry.contestants, options);
  const comparison = comparisonOf(contest, experiment, entry, rows);
  const runs = experiment.input.compare?.simulation;
  if (runs === undefined || stopped === "aborted") return { comparison, stopped, events };
  const replacement = await replacementOf(contest, comparison, runs, { ...options, seed: experiment.input.seed });
  if (replacement === "aborted") return { comparison, stopped: "aborted", events };
  return { comparison: { ...comparison, replacement }, stopped, events: events + (replacement?.events ?? 0) };
}

/** What takes part, and what is said of it. */
interface Entry {
  /** Missing when aborted. */
  readonly contest?: Contest | undefined;
  readonly contestants: readonly Contestant[];
  readonly family: string;
  readonly notes: readonly string[];
  readonly exact: boolean;
  readonly events: number;
}

async function oneSpeciesEntry(setup: Setup, options: RunOptions): Promise<Entry> {
  const data = await allData(setup, options);
  const contest = contestOf(setup, data);
  return {
    ...(data.length < setup.starts.length ? {} : { contest }),
    contestants: contestantsOf(contest, setup, data),
    family: familyName(setup),
    notes: data.flatMap((d) => d.notes),
    exact: data.every((d) => d.exact),
    events: data.reduce((sum, d) => sum + d.events, 0),
  };
}

async function speciesEntry(setup: SpeciesSetup, options: RunOptions): Promise<Entry> {
  const { truths, events } = await speciesTruths(setup, options);
  const contest = speciesContest(setup, truths);
  const { compare, family, optimizer } = setup.experiment.input;
  const orders = [...new Set([2, family.order])];
  return {
    ...(truths.length < setup.starts.length ? {} : { contest }),
    contestants: [
      ...(compare?.closures ?? everyClosure).map((closure) => closureContestant(contest, closure)),
      ...orders.map((order) => projectedOfSpecies(setup, truths, order)),
      ...(optimizer.iterations === 0 ? [] : [learnedOfSpecies(setup, truths)]),
    ],
    family: `products of counts up to order ${family.order}`,
    notes: [],
    exact: truths.every(({ laws }) => laws !== undefined),
    events,
  };
}

/** The truth of a document with one observed species. */
function contestOf(setup: Setup, data: readonly AwakeData[]): Contest {
  const { network, species, grid, family } = setup;
  const truths = data.map(
    ({ request, mean, sd, floor }): Truth => ({
      label: request.label,
      role: request.role,
      initial: initialOf(setup, request.law),
      mean,
      variance: sd.map((v) => v * v),
      floor,
    }),
  );
  return {
    network,
    species: [species],
    times: grid.times,
    truths,
    divergence(a, t, raw) {
      if (raw.length < family.order || !data[a].exact) return Number.NaN;
      try {
        return family.divergence(data[a].tables[t], project(family, binomialMoments(raw.slice(0, family.order))).nu);
      } catch (error) {
        if (error instanceof ArgumentError || error instanceof NumericalError) return Number.NaN;
        throw error;
      }
    },
  };
}

/** ⟨C(n, k)⟩, k = 1 …, from ⟨nᵏ⟩: n(n − 1)…(n − k + 1) by Stirling numbers of the first kind. */
function binomialMoments(raw: readonly number[]): Float64Array {
  let falling = [1]; // coefficients of n⁰, n¹, …
  let factorial = 1;
  return Float64Array.from(raw, (_, i) => {
    const next = Array.from({ length: falling.length + 1 }, () => 0);
    for (const [j, c] of falling.entries()) {
      next[j + 1] += c;
      next[j] -= i * c;
    }
    falling = next;
    factorial *= i + 1;
    return falling.reduce((sum, c, j) => (j === 0 ? sum : sum + c * raw[j - 1]), 0) / factorial;
  });
}

function contestantsOf(contest: Contest, setup: Setup, data: readonly AwakeData[]): Contestant[] {
  const { compare, dynamics } = setup.experiment.input;
  const closures = (compare?.closures ?? everyClosure).map((closure) => closureContestant(contest, closure));
  const variants = (compare?.learned ?? []).map((contestant, i) => {
    const own = variantSetup(setup, contestant, i);
    return { name: contestant.name, setup: own, data: () => variantData(own, data) };
  });
  const families = [{ setup, data: () => data }, ...variants];
  const distinct = families.filter(
    (one, i) => families.findIndex((other) => familyName(other.setup) === familyName(one.setup)) === i,
  );
  const projected = distinct.map((one) =>
    lazily(`projected, ${familyName(one.setup)}`, "analytic", 3, () => projectedContestant(one.setup, one.data())),
  );
  const form = dynamics.form === "field" ? dynamics.function : `${dynamics.form}, ${dynamics.function}`;
  const learned = [{ name: `learned, ${form}`, setup, data: () => data }, ...variants].map((one) =>
    lazily(one.name, "learned", 20 + one.setup.experiment.input.optimizer.iterations, () =>
      learnedContestant(one.name, one.setup, one.data()),
    ),
  );
  return [...closures, ...projected, ...learned];
}

/** A contestant whose data are prepared when its turn comes, and whose refusals are its own. */
function lazily(method: string, kind: Contestant["kind"], weight: number, make: () => Contestant): Contestant {
  return { method, kind, weight, run: (control) => make().run(control) };
}

async function rowsOf(
  contest: Contest,
  contestants: readonly Contestant[],
  options: CompareOptions,
): Promise<{ rows: ComparisonRow[]; stopped: "end" | "aborted" }> {
  const total = contestants.reduce((sum, { weight }) => sum + weight, 0);
  const proceed = pace(options, 0);
  const rows: ComparisonRow[] = [];
  let done = 0;
  for (const [i, contestant] of contestants.entries()) {
    const { weight } = contestant;
    if (!(await proceed({ done, total, label: "methods" }))) return { rows, stopped: "aborted" };
    const stage = `row-${i}.json`;
    const saved = options.stages?.load(stage);
    const before = done;
    const control: ContestControl = {
      clock: options.clock,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      onProgress: (p) =>
        options.onProgress?.({
          done: before + Math.floor(weight * Math.min(1, p.done / Math.max(1, p.total))),
          total,
          label: "methods",
        }),
    };
    const row = saved === undefined ? await rowOf(contest, contestant, control) : parseRow(saved);
    if (row === undefined) return { rows, stopped: "aborted" };
    if (saved === undefined) options.stages?.save(stage, printRow(row));
    rows.push(row);
    done += weight;
  }
  options.onProgress?.({ done: total, total, label: "methods" });
  return { rows, stopped: "end" };
}

const stacked = (parts: readonly Float64Array[], shape: readonly number[]): ResultArray => ({
  shape,
  data: Float64Array.from(parts.flatMap((part) => [...part])),
});

/** A verdict stands in a table: what to try is left out. */
function firstSentence(message: string): string {
  const said = message.replace(/^.*?:\d+:\d+:?\s+/, ""); // the place in the document is the whole page's
  return /^.*?[.;](?=\s|$)/s.exec(said)?.[0].slice(0, -1) ?? said;
}

async function rowOf(
  contest: Contest,
  contestant: Contestant,
  control: ContestControl,
): Promise<ComparisonRow | undefined> {
  const { truths, times, species } = contest;
  const { method, kind } = contestant;
  const [A, T, S] = [truths.length, times.length, species.length];
  const begun = control.clock?.() ?? Number.NaN;
  let found: Forecasts | undefined;
  try {
    found = await contestant.run(control);
    if (found === undefined) return undefined;
  } catch (error) {
    if (!(error instanceof ArgumentError || error instanceof NumericalError || error instanceof UnsupportedError))
      throw error;
    found = {
      coefficients: 0,
      forecasts: truths.map(() => noForecast(T, S, `failed: ${firstSentence(error.message)}`)),
    };
  }
  const seconds = ((control.clock?.() ?? Number.NaN) - begun) / 1000;
  const { coefficients, forecasts, family, predictionSeconds } = found;
  const scores = forecasts.map((forecast, a) => scoreOf(truths[a], forecast));
  const bad = judged(truths).flatMap((a) => (scores[a].verdict === "ok" ? [] : [scores[a].verdict]));
  return {
    method,
    kind,
    coefficients,
    seconds,
    predictionSeconds,
    family,
    verdict: bad[0] ?? "ok",
    scores,
    mean: stacked(
      forecasts.map((f) => f.mean),
      [A, T, S],
    ),
    variance: stacked(
      forecasts.map((f) => f.variance),
      [A, T, S],
    ),
    kl: stacked(
      forecasts.map((f) => f.kl),
      [A, T],
    ),
    floor: stacked(
      forecasts.map((f, a) => f.floor ?? truths[a].floor),
      [A, T],
    ),
  };
}

function comparisonOf(
  { network, species, times, truths }: Contest,
  experiment: Experiment,
  { family, notes, exact }: Entry,
  rows: readonly ComparisonRow[],
): Comparison {
  const [A, T, S] = [truths.length, times.length, species.length];
  const first = times[0];
  return {
    title: species.join(", "),
    species,
    network: summary(network),
    family,
    starts: truths.map(({ label, role }) => ({ label, role })),
    truth: exact ? "the truncated master equation" : `an ensemble of simulated runs`,
    remark: experiment.input.compare?.remark,
    notes: [
      ...(first > 0
        ? [
            `Boltzmann distributions start at t = ${first} from the projection of the truth there; closures start at t = 0.`,
          ]
        : []),
      ...new Set(notes),
    ],
    rows,
    times: { shape: [T], data: times },
    mean: stacked(
      truths.map((t) => t.mean),
      [A, T, S],
    ),
    variance: stacked(
      truths.map((t) => t.variance),
      [A, T, S],
    ),
    floor: stacked(
      truths.map((t) => t.floor),
      [A, T],
    ),
  };
}
