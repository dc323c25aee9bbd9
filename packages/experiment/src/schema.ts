import { z } from "zod";

/** An object that lists its keys when it meets one it does not know. */
const object = <Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> =>
  z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? JSON.stringify(Object.keys(shape)) : undefined),
  });

const positive = z.number().positive();
const count = z.int().positive();
const perSpecies = z.union([z.number().nonnegative(), z.record(z.string(), z.number().nonnegative())]);
const FORMS = ["poisson", "fixed", "binomial", "table", "family", "units"] as const;

const startObject = object({
  label: z.string().optional().describe("name in tables and figures"),
  poisson: perSpecies.optional().describe("mean, of the observed species or per species"),
  fixed: perSpecies.optional().describe("count at time 0"),
  binomial: z
    .union([
      object({ trials: count, probability: z.number().min(0).max(1) }),
      z.record(z.string(), object({ trials: count, probability: z.number().min(0).max(1) })),
    ])
    .optional(),
  table: z
    .array(z.number().nonnegative())
    .min(1)
    .optional()
    .describe("probabilities of n = 0, 1, … of the observed species"),
  units: object({ trials: count.max(1_000_000), probabilities: z.record(z.string(), z.number().min(0).max(1)) })
    .optional()
    .describe(
      "so many independent units, each in one of the species with these probabilities; reactions only move units",
    ),
  family: z
    .union([z.number(), z.array(z.number()).min(1), object({ start: z.number(), end: z.number(), count })])
    .optional()
    .describe(
      "members of the family by ν: one, a list per interaction, or equally spaced (one interaction: one start each)",
    ),
}).refine((start) => FORMS.filter((form) => start[form] !== undefined).length === 1, {
  error: "expected exactly one of poisson, fixed, binomial, table, family, units",
});

const start = z.union([z.literal("model"), startObject]);
const starts = z.union([z.array(start).min(1), start]);

const times = z.union([
  z.array(z.number().nonnegative()).min(2),
  object({
    start: z.number().nonnegative().default(0),
    end: positive,
    steps: z.int().min(1).max(1_000_000),
    scale: z.enum(["linear", "log"]).default("linear"),
    measure: z
      .enum(["time", "log-time"])
      .optional()
      .describe("weight of the action, dt or d log t; as scale unless given"),
  }),
]);

const awakeObject = object({
  method: z.enum(["exact", "simulated"]).default("exact"),
  runs: count.default(10_000),
  tolerance: positive.max(0.1).default(1e-10),
});

const family = object({
  species: z
    .union([z.string(), z.array(z.string()).min(2).max(4)])
    .optional()
    .describe("the observed species, needed when the model has several; a list of all of them for dbd compare"),
  order: z.int().min(1).max(6).default(1),
  base: z.union([z.enum(["counting", "poisson"]), object({ binomial: count })]).default("counting"),
  max: z
    .union([count.max(100_000), z.record(z.string(), count.max(100_000))])
    .optional()
    .describe("largest count, of several species one each: a finite support, on which every ν is allowed"),
});

const chart = z
  .enum(["identity", "log-moments", "orthonormal", "asinh"])
  .describe("orthonormal and asinh take their scales from the training data");

const dynamics = object({
  function: z.enum(["hat", "hermite", "polynomial", "network"]).default("hat"),
  form: z
    .enum(["field", "residual", "closure-rows", "rates"])
    .default("field")
    .describe(
      "what the function stands for: F; F less the projected field; the moments that the projected field lacks; or no function, and the rates of the projected field are learned",
    ),
  nodes: z
    .union([z.int().min(2).max(10_000), z.array(z.int().min(2).max(10_000)).min(1)])
    .optional()
    .describe("of hat and hermite"),
  degree: z.int().min(0).max(8).default(2).describe("of polynomial"),
  hidden: z.array(count.max(1000)).min(1).default([5]).describe("units of the hidden layers of network"),
  box: z
    .array(z.tuple([z.number(), z.number()]))
    .min(1)
    .optional()
    .describe("[start, end] per chart coordinate; from the training data unless given"),
  inputs: z.array(count).min(1).optional().describe("coordinates that F reads, counted from 1; all unless given"),
  padding: z.number().nonnegative().max(10).default(0.1).describe("share of the visited range added on either side"),
  integrator: z.enum(["rk4", "heun"]).default("rk4"),
  substeps: count.max(10_000).default(1),
}).refine(
  ({ function: f, form, nodes }) => nodes !== undefined || form === "rates" || f === "polynomial" || f === "network",
  { error: "expected nodes, which a hat or hermite grid needs" },
);

const optimizer = object({
  method: z
    .enum(["gauss-newton", "track", "lbfgs", "adam", "sgd"])
    .default("gauss-newton")
    .describe("track: least squares on the paths of the data, for three and more interactions"),
  iterations: z.int().nonnegative().max(1_000_000).default(40),
  tolerance: z.number().nonnegative().optional(),
  roughness: z.number().nonnegative().default(1e-5).describe("penalty of hat and hermite"),
  norm: z.number().nonnegative().default(1e-8).describe("penalty of polynomial, network and rates"),
  horizon: z.enum(["whole", "growing"]).default("whole"),
  mixtures: z
    .int()
    .nonnegative()
    .max(1000)
    .default(0)
    .describe("mixtures of training starts, which solve the master equation too, to match derivatives on"),
  rate: positive.optional().describe("learning rate of adam and sgd"),
  start: z
    .enum(["zero", "matching"])
    .default("zero")
    .describe("first F: zero, or fitted to the slopes of the projected data"),
  draws: count.optional().describe("asleep moments from that many draws instead of exact sums (adam and sgd)"),
});

const closure = object({
  name: z.enum(["normal", "log-normal", "poisson", "zero", "derivative-matching"]),
  order: z.int().min(1).max(6),
});

const contestant = object({
  name: z.string().min(1).describe("name in the table"),
  family: family.optional(),
  chart: chart.optional(),
  dynamics: dynamics.optional(),
  optimizer: optimizer.optional(),
});

const compare = object({
  closures: z.array(closure).optional().describe("every closure of orders 2 to 4 unless given"),
  learned: z
    .array(contestant)
    .default([])
    .describe("learned models beside the document's own: the document with some of its keys changed"),
  simulation: count
    .max(10_000_000)
    .optional()
    .describe("stochastic runs from the first judged start, to set the reduced model's speed beside"),
  remark: z.string().optional().describe("what the page says about the system"),
});

/** The document of an experiment, as zod checks it. Its keys are explained in the README. */
export const documentSchema: z.ZodType<ExperimentInput> = object({
  model: z.string().min(1).describe("path of a model file, relative to this document, or the model's own text"),
  initial: starts.default("model"),
  heldOut: starts.optional(),
  times,
  awake: z.union([z.enum(["exact", "simulated"]), awakeObject]).default("exact"),
  family,
  chart: chart.default("identity"),
  dynamics,
  optimizer: optimizer.default(() => optimizer.parse({})),
  seed: z.union([z.string().min(1), z.number()]).default("dbd"),
  compare: compare.optional().describe("what dbd compare sets beside the document's model"),
});

/** One number for the observed species, or one each by name. */
export type PerSpecies<V> = V | Readonly<Record<string, V>>;

export interface Trials {
  readonly trials: number;
  readonly probability: number;
}

/** Independent units and where each is at time 0. */
export interface Units {
  readonly trials: number;
  readonly probabilities: Readonly<Record<string, number>>;
}

/** A start as written; exactly one of the six forms is there. */
export interface StartInput {
  readonly label?: string | undefined;
  readonly poisson?: PerSpecies<number> | undefined;
  readonly fixed?: PerSpecies<number> | undefined;
  readonly binomial?: Trials | Readonly<Record<string, Trials>> | undefined;
  readonly table?: readonly number[] | undefined;
  readonly units?: Units | undefined;
  readonly family?: number | readonly number[] | { start: number; end: number; count: number } | undefined;
}

export type StartsInput = "model" | StartInput | readonly ("model" | StartInput)[];

export interface TimesInput {
  readonly start: number;
  readonly end: number;
  readonly steps: number;
  readonly scale: "linear" | "log";
  readonly measure?: "time" | "log-time" | undefined;
}

export interface AwakeInput {
  readonly method: "exact" | "simulated";
  readonly runs: number;
  readonly tolerance: number;
}

export interface FamilyInput {
  readonly species?: string | readonly string[] | undefined;
  readonly order: number;
  readonly base: "counting" | "poisson" | { readonly binomial: number };
  readonly max?: number | Readonly<Record<string, number>> | undefined;
}

export type ChartInput = "identity" | "log-moments" | "orthonormal" | "asinh";

export interface DynamicsInput {
  readonly function: "hat" | "hermite" | "polynomial" | "network";
  readonly form: "field" | "residual" | "closure-rows" | "rates";
  /** There for hat and hermite. */
  readonly nodes?: number | readonly number[] | undefined;
  readonly degree: number;
  readonly hidden: readonly number[];
  readonly box?: readonly (readonly [number, number])[] | undefined;
  readonly inputs?: readonly number[] | undefined;
  readonly padding: number;
  readonly integrator: "rk4" | "heun";
  readonly substeps: number;
}

export interface OptimizerInput {
  readonly method: "gauss-newton" | "track" | "lbfgs" | "adam" | "sgd";
  readonly iterations: number;
  readonly tolerance?: number | undefined;
  readonly roughness: number;
  readonly norm: number;
  readonly horizon: "whole" | "growing";
  readonly mixtures: number;
  readonly rate?: number | undefined;
  readonly start: "zero" | "matching";
  readonly draws?: number | undefined;
}

/** A closure by name, as `dbd closure` takes it. */
export interface ClosureInput {
  readonly name: "normal" | "log-normal" | "poisson" | "zero" | "derivative-matching";
  readonly order: number;
}

/** The document with some of its keys changed. */
export interface ContestantInput {
  readonly name: string;
  readonly family?: FamilyInput | undefined;
  readonly chart?: ChartInput | undefined;
  readonly dynamics?: DynamicsInput | undefined;
  readonly optimizer?: OptimizerInput | undefined;
}

export interface CompareInput {
  readonly closures?: readonly ClosureInput[] | undefined;
  readonly learned: readonly ContestantInput[];
  readonly simulation?: number | undefined;
  readonly remark?: string | undefined;
}

/** A valid document, defaults filled in. */
export interface ExperimentInput {
  readonly model: string;
  readonly initial: StartsInput;
  readonly heldOut?: StartsInput | undefined;
  readonly times: readonly number[] | TimesInput;
  readonly awake: "exact" | "simulated" | AwakeInput;
  readonly family: FamilyInput;
  readonly chart: ChartInput;
  readonly dynamics: DynamicsInput;
  readonly optimizer: OptimizerInput;
  readonly seed: string | number;
  readonly compare?: CompareInput | undefined;
}

/** The document's JSON schema, for editors. */
export const experimentSchema: Readonly<Record<string, unknown>> = z.toJSONSchema(documentSchema, {
  io: "input",
}) as Record<string, unknown>;
