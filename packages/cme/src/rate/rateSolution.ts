import type { AdaptiveMethod, Counts, Integrator } from "@dbd/ode";
import type { RateEvent } from "./eventQueue.ts";
import type { RateConvention } from "./rateEquations.ts";

/** How to solve. */
export interface RateSolveOptions {
  /** See `rateEquations`. */
  readonly convention?: RateConvention;
  /** Time at which the network's initial amounts hold, 0 when left out. */
  readonly start?: number;
  /** Other amounts at the start, by species. */
  readonly initial?: ReadonlyMap<string, number>;
  /** Relative tolerance of a step, 1e-8 when left out. */
  readonly rtol?: number;
  /** Absolute tolerance of a step in copies, 1e-12 when left out. */
  readonly atol?: number;
  /** When left out: dormandPrince54, and from where that proves stiff rodas4, or ndf for large systems. */
  readonly integrator?: Integrator | AdaptiveMethod;
  /** `generic`: no WebAssembly; `auto` (the default): where it is allowed and the solution takes more than 500 steps. */
  readonly backend?: "auto" | "generic";
  /** Accepted steps after which it stops; a million when left out. */
  readonly maxSteps?: number;
  /** Longest step; no limit when left out. Set it when rates have short pulses in time. */
  readonly maxStep?: number;
  /** Asked before every step. */
  readonly signal?: { readonly aborted: boolean };
}

/** The solution at the times that were reached. */
export interface RateSolution {
  /** `end`: all times; `budget`: maxSteps; `aborted`: by the signal; `failed`: see reason. */
  readonly stopped: "end" | "budget" | "aborted" | "failed";
  /** The same as a sentence. */
  readonly reason: string;
  /** What to try, when it did not end as asked. */
  readonly advice?: string;
  /** Shape [T] of those that were reached. */
  readonly times: Float64Array;
  readonly species: readonly string[];
  /** Copies of the species, shape [T, S]. */
  readonly values: Float64Array;
  /** A species, or a name with an assignment or rate rule or that events set, over the times, shape [T]. */
  readonly column: (name: string) => Float64Array;
  readonly events: readonly RateEvent[];
  /** Methods used, in their order; the second one from `switched` on. */
  readonly methods: readonly string[];
  /** Where the stiff method took over. */
  readonly switched?: number;
  readonly counts: Readonly<Counts>;
  /** `wasm` when emitted WebAssembly took over. Its steps are those of the generic methods up to rounding. */
  readonly backend: "generic" | "wasm";
}
