import { didYouMean, SourceError } from "@dbd/numerics/errors";
import type { Experiment } from "./document.ts";
import type { PerSpecies, StartInput, StartsInput, Trials, Units } from "./schema.ts";

/** The law of the counts at time 0. Species that are not named have the model's own initial amount. */
export type StartLaw =
  | { readonly kind: "model" }
  | { readonly kind: "poisson" | "fixed"; readonly values: ReadonlyMap<string, number> }
  | { readonly kind: "binomial"; readonly values: ReadonlyMap<string, Trials> }
  | { readonly kind: "table"; readonly probabilities: Float64Array }
  | { readonly kind: "units"; readonly trials: number; readonly values: ReadonlyMap<string, number> }
  | { readonly kind: "family"; readonly nu: Float64Array };

/** One start of an experiment, as asked for. */
export interface StartRequest {
  readonly label: string;
  readonly role: "training" | "heldOut";
  /** Where it stands in the document. */
  readonly path: readonly PropertyKey[];
  readonly law: StartLaw;
}

interface Names {
  readonly species: readonly string[];
  readonly observed: string;
  /** P. */
  readonly order: number;
}

/** Every start of the document in its order, training before held out. */
export function startRequests(experiment: Experiment, names: Names): readonly StartRequest[] {
  const { initial, heldOut } = experiment.input;
  const read = (input: StartsInput, key: "initial" | "heldOut"): StartRequest[] => {
    const list = Array.isArray(input) ? (input as readonly ("model" | StartInput)[]) : [input as "model" | StartInput];
    const role = key === "initial" ? "training" : "heldOut";
    return list.flatMap((entry, i) => {
      const path = Array.isArray(input) ? [key, i] : [key];
      return lawsOf(experiment, entry, path, names).map(([label, law]) => ({ label, role, path, law }) as const);
    });
  };
  const requests = [...read(initial, "initial"), ...(heldOut === undefined ? [] : read(heldOut, "heldOut"))];
  const seen = new Map<string, number>();
  return requests.map((request) => {
    const times = (seen.get(request.label) ?? 0) + 1;
    seen.set(request.label, times);
    return times === 1 ? request : { ...request, label: `${request.label} (${times})` };
  });
}

const short = (x: number): string => String(Number(x.toPrecision(6)));

function lawsOf(
  experiment: Experiment,
  entry: "model" | StartInput,
  path: readonly PropertyKey[],
  names: Names,
): readonly (readonly [label: string, law: StartLaw])[] {
  if (entry === "model") return [["model start", { kind: "model" }]];
  const { label } = entry;
  const named = (text: string, law: StartLaw): readonly [string, StartLaw] => [label ?? text, law];
  if (entry.family !== undefined) return familyLaws(experiment, entry, path, names);
  if (entry.units !== undefined)
    return [named(`${entry.units.trials} units`, unitsOf(experiment, entry.units, path, names))];
  if (entry.table !== undefined)
    return [named("table", { kind: "table", probabilities: tableOf(experiment, entry.table, path) })];
  if (entry.binomial !== undefined) {
    const single = "trials" in entry.binomial && typeof entry.binomial.trials === "number";
    const values = bySpecies(
      experiment,
      single ? (entry.binomial as Trials) : entry.binomial,
      [...path, "binomial"],
      names,
      single,
    );
    const text = [...values.values()].map((v) => `${v.trials}, ${short(v.probability)}`).join("; ");
    return [named(`Binomial(${text})`, { kind: "binomial", values: values })];
  }
  const kind = entry.poisson === undefined ? "fixed" : "poisson";
  const input = entry.poisson ?? entry.fixed ?? 0;
  const values = bySpecies<number>(experiment, input, [...path, kind], names, typeof input === "number");
  if (kind === "fixed") checkCounts(experiment, values, [...path, kind]);
  const text = [...values].map(([name, v]) => (values.size > 1 ? `${name} ${short(v)}` : short(v))).join(", ");
  return [named(`${kind === "fixed" ? "n = " : "Poisson("}${text}${kind === "fixed" ? "" : ")"}`, { kind, values })];
}

function bySpecies<V>(
  experiment: Experiment,
  input: PerSpecies<V>,
  path: readonly PropertyKey[],
  { species, observed }: Names,
  single: boolean,
): ReadonlyMap<string, V> {
  if (single) return new Map([[observed, input as V]]);
  const entries = Object.entries(input as Readonly<Record<string, V>>);
  for (const [name] of entries) {
    if (species.includes(name)) continue;
    const near = didYouMean(name, species);
    throw new SourceError(
      experiment.place([...path, name]),
      `found "${name}", which is no species of the model; expected one of ${species.join(", ")}`,
      {
        hint: near === undefined ? "Name a species of the model" : `Did you mean "${near}"?`,
      },
    );
  }
  return new Map(entries);
}

function checkCounts(experiment: Experiment, values: ReadonlyMap<string, number>, path: readonly PropertyKey[]): void {
  for (const value of values.values())
    if (!Number.isInteger(value))
      throw new SourceError(experiment.place(path), `found ${value}; expected a whole number of molecules`, {
        hint: "Use poisson for a mean",
      });
}

function tableOf(experiment: Experiment, table: readonly number[], path: readonly PropertyKey[]): Float64Array {
  const total = table.reduce((a, b) => a + b, 0);
  if (Math.abs(total - 1) > 1e-9)
    throw new SourceError(
      experiment.place([...path, "table"]),
      `found probabilities that add up to ${total}; expected 1`,
      {
        hint: "Divide them by their sum",
      },
    );
  return Float64Array.from(table);
}

function unitsOf(
  experiment: Experiment,
  { trials, probabilities }: Units,
  path: readonly PropertyKey[],
  names: Names,
): StartLaw {
  const values = bySpecies<number>(experiment, probabilities, [...path, "units", "probabilities"], names, false);
  const total = [...values.values()].reduce((sum, p) => sum + p, 0);
  if (!(Math.abs(total - 1) < 1e-6))
    throw new SourceError(
      experiment.place([...path, "units", "probabilities"]),
      `found probabilities that add up to ${total}; expected 1`,
      { hint: "Divide them by their sum" },
    );
  return { kind: "units", trials, values };
}

function familyLaws(
  experiment: Experiment,
  { family, label }: StartInput,
  path: readonly PropertyKey[],
  { order }: Names,
): readonly (readonly [string, StartLaw])[] {
  const law = (nu: readonly number[]): readonly [string, StartLaw] => {
    const text = `ν = ${nu.map(short).join(", ")}`;
    return [
      label === undefined
        ? text
        : nu.length === 1 && !Array.isArray(family) && typeof family === "object"
          ? `${label} ${text}`
          : label,
      { kind: "family", nu: Float64Array.from(nu) },
    ];
  };
  const refuse = (problem: string): never => {
    throw new SourceError(experiment.place([...path, "family"]), problem, {
      hint: "family: 0.5 for one interaction, family: [0.5, 0.1] for two, { start, end, count } for many of one",
    });
  };
  if (typeof family === "number")
    return order === 1 ? [law([family])] : refuse(`found one ν; expected ${order} (family.order)`);
  if (family !== undefined && "count" in family) {
    if (order !== 1) return refuse(`found a range of ν for ${order} interactions; expected family.order: 1`);
    const { start, end, count } = family;
    const step = (i: number): number => (count === 1 ? start : (start * (count - 1 - i) + end * i) / (count - 1));
    return Array.from({ length: count }, (_, i) => law([step(i)]));
  }
  const nu = family ?? [];
  return nu.length === order ? [law(nu)] : refuse(`found ${nu.length} ν; expected ${order} (family.order)`);
}
