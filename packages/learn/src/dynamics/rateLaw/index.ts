import { ArgumentError, didYouMean } from "@dbd/numerics/errors";
import type { Dynamics } from "@dbd/ode";
import type { RateLaw } from "./laws.ts";

export { hill, massAction, michaelisMenten, type RateLaw } from "./laws.ts";

/** One edge of the declared graph: what it reads, how fast it runs, what it changes. */
export interface Process {
  readonly label: string;
  readonly law: RateLaw;
  /** Variables that the law reads, in its order. */
  readonly reads: readonly string[];
  /** Change of every variable per event. */
  readonly changes: Readonly<Record<string, number>>;
}

/** What the coordinates are. */
export interface RateLawOptions {
  /**
   * "value": y = x, the variables themselves. "log": y = log x. "nu": y = −log x, the ν of a product of Poisson
   * distributions of means x. "value" unless given.
   */
  readonly coordinates?: "value" | "log" | "nu";
}

/** Rate equations on a declared graph with names for their constants. */
export interface RateLawDynamics extends Dynamics {
  /** Names of the coefficients, [Q]: process and constant. */
  readonly constants: readonly string[];
}

interface Edge {
  readonly law: RateLaw;
  readonly reads: Int32Array;
  readonly changes: Float64Array;
  readonly offset: number;
  readonly x: Float64Array;
  readonly k: Float64Array;
  readonly dx: Float64Array;
  readonly dk: Float64Array;
}

/**
 * Rate laws on a graph that the user declares, dx/dt = Σ_e changes_e v_e(x; k), with the constants to be fitted: their
 * logarithms are the coefficients, u = log k, so they stay positive and an error of u is a relative one. Use it when
 * the mechanism is known and its constants are not, the first stage of graph-constrained correlation dynamics. Johnson,
 * Bartol, Sejnowski & Mjolsness (2015), Phys. Biol. 12, 045005, doi:10.1088/1478-3975/12/4/045005.
 * @param variables - Names of the P variables.
 * @throws ArgumentError when a process names an unknown variable or a law does not fit.
 */
export function rateLaw(
  variables: readonly string[],
  processes: readonly Process[],
  { coordinates = "value" }: RateLawOptions = {},
): RateLawDynamics {
  const P = variables.length;
  const constants: string[] = [];
  const edges = processes.map((process): Edge => {
    const offset = constants.length;
    constants.push(...process.law.constants.map((name) => `${process.label}.${name}`));
    const C = process.law.constants.length;
    const reads = Int32Array.from(process.reads, (name) => indexOf(variables, name, process.label));
    const changes = new Float64Array(P);
    for (const [name, change] of Object.entries(process.changes))
      changes[indexOf(variables, name, process.label)] = change;
    if (process.law.name !== "massAction" && reads.length !== 1)
      throw new ArgumentError(
        "rateLaw",
        `${process.label}: ${process.law.name} reads one variable, got ${reads.length}`,
      );
    const vector = (length: number): Float64Array => new Float64Array(length);
    const [x, dx] = [vector(reads.length), vector(reads.length)];
    return { law: process.law, reads, changes, offset, x, dx, k: vector(C), dk: vector(C) };
  });
  const Q = constants.length;
  const sign = coordinates === "nu" ? -1 : 1;
  const x = new Float64Array(P);
  const perX = new Float64Array(P); // dy/dx
  const rate = new Float64Array(P); // dx/dt
  const seedX = new Float64Array(P);
  const locate = (y: Float64Array): void => {
    for (let p = 0; p < P; p++) {
      x[p] = coordinates === "value" ? y[p] : Math.exp(sign * y[p]);
      perX[p] = coordinates === "value" ? 1 : sign / x[p];
    }
  };
  const load = (edge: Edge, u: Float64Array): void => {
    for (let i = 0; i < edge.x.length; i++) edge.x[i] = x[edge.reads[i]];
    for (let c = 0; c < edge.k.length; c++) edge.k[c] = Math.exp(u[edge.offset + c]);
  };
  const rates = (u: Float64Array): void => {
    rate.fill(0);
    for (const edge of edges) {
      load(edge, u);
      const v = edge.law.value(edge.x, edge.k);
      for (let p = 0; p < P; p++) rate[p] += edge.changes[p] * v;
    }
  };
  return {
    shape: [P, Q],
    constants,
    evaluate(y, u, out) {
      locate(y);
      rates(u);
      for (let p = 0; p < P; p++) out[p] = perX[p] * rate[p];
    },
    jvp(y, u, dy, du, out) {
      locate(y);
      rates(u);
      // d(dy/dx) = −(dy/dx) d log x, and d log x = sign · dy
      for (let p = 0; p < P; p++) out[p] = coordinates === "value" ? 0 : -sign * dy[p] * perX[p] * rate[p];
      for (const edge of edges) {
        load(edge, u);
        edge.law.gradient(edge.x, edge.k, edge.dx, edge.dk);
        let dv = 0;
        for (let i = 0; i < edge.x.length; i++) dv += (edge.dx[i] * dy[edge.reads[i]]) / perX[edge.reads[i]];
        for (let c = 0; c < edge.k.length; c++) dv += edge.dk[c] * edge.k[c] * du[edge.offset + c];
        for (let p = 0; p < P; p++) out[p] += perX[p] * edge.changes[p] * dv;
      }
    },
    vjp(y, u, seed, yBar, uBar) {
      locate(y);
      rates(u);
      for (let p = 0; p < P; p++) seedX[p] = seed[p] * perX[p];
      if (coordinates !== "value") for (let p = 0; p < P; p++) yBar[p] -= sign * seedX[p] * rate[p];
      for (const edge of edges) {
        load(edge, u);
        let vBar = 0;
        for (let p = 0; p < P; p++) vBar += seedX[p] * edge.changes[p];
        if (vBar === 0) continue;
        edge.law.gradient(edge.x, edge.k, edge.dx, edge.dk);
        for (let i = 0; i < edge.x.length; i++) yBar[edge.reads[i]] += (vBar * edge.dx[i]) / perX[edge.reads[i]];
        for (let c = 0; c < edge.k.length; c++) uBar[edge.offset + c] += vBar * edge.dk[c] * edge.k[c];
      }
    },
  };
}

function indexOf(variables: readonly string[], name: string, label: string): number {
  const index = variables.indexOf(name);
  if (index >= 0) return index;
  const meant = didYouMean(name, variables);
  throw new ArgumentError(
    "rateLaw",
    `${label} names ${name}, which is not one of ${variables.join(", ")}`,
    meant === undefined ? {} : { hint: `Did you mean ${meant}?` },
  );
}
