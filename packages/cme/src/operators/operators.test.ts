import { multiply, type SparseRows } from "@dbd/numerics/sparse";
import { stream } from "@dbd/numerics/random/stream";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { graded } from "../closures/exponents.ts";
import { momentEquations, momentMatrix } from "../closures/momentEquations.ts";
import { compile } from "../compile.ts";
import type { Network } from "../network.ts";
import { parseNetwork } from "../parse.ts";
import { propensities } from "../propensity.ts";
import {
  commutator,
  type LadderOperator,
  ladderProduct,
  ladderScaled,
  ladderSum,
  ladderTerm,
  numberPower,
} from "./ladder.ts";
import { annihilationMatrix, creationMatrix, generatorMatrix, operatorMatrix } from "./matrix.ts";
import { printGenerator, printOperator } from "./printOperator.ts";
import { generatorOperators, operatorMomentEquations } from "./reactionOperator.ts";

/** A v. */
function applied(a: SparseRows, v: Float64Array): Float64Array {
  const out = new Float64Array(a.rows);
  multiply(a, v, 0, out);
  return out;
}

/** The matrix column by column: shape [N][N]. */
const columns = (a: SparseRows): Float64Array[] =>
  Array.from({ length: a.columns }, (_, i) =>
    applied(
      a,
      Float64Array.from({ length: a.columns }, (_, j) => (i === j ? 1 : 0)),
    ),
  );

test("[a, a†] = 1 below the cutoff, and −n on it: as matrices", () => {
  for (const [cutoff, s] of [
    [[7], 0],
    [[3, 5], 0],
    [[3, 5], 1],
  ] as const) {
    const up = creationMatrix(cutoff, s);
    const down = annihilationMatrix(cutoff, s);
    for (const [i, unit] of columns(
      operatorMatrix(
        ladderTerm(
          cutoff.map(() => 0),
          cutoff.map(() => 0),
        ),
        cutoff,
      ),
    ).entries()) {
      const first = applied(down, applied(up, unit));
      const second = applied(up, applied(down, unit));
      const n = s === 0 ? Math.floor(i / (cutoff.length === 1 ? 1 : 6)) : i % 6;
      const wanted = n === cutoff[s] ? -n : 1;
      expect([...first].map((v, j) => v - second[j])).toEqual([...unit].map((v) => (v === 0 ? 0 : wanted)));
    }
  }
});

test("operators of different species commute, and a a† is n + 1", () => {
  const [cutoff, unit] = [[3, 4], Float64Array.from({ length: 20 }, (_, i) => i + 1)];
  const [upA, downB] = [creationMatrix(cutoff, 0), annihilationMatrix(cutoff, 1)];
  expect(applied(upA, applied(downB, unit))).toEqual(applied(downB, applied(upA, unit)));
  const product = ladderProduct(ladderTerm([0], [1]), ladderTerm([1], [0]));
  expect(printOperator(product, ["A"])).toBe("a†_A a_A + 1");
});

test("commutators by algebra: [a, a†] = 1, [a, a†ᵐ] = m a†ᵐ⁻¹, [n, a†] = a†", () => {
  const [a, up] = [ladderTerm([0], [1]), ladderTerm([1], [0])];
  expect(commutator(a, up)).toEqual(ladderTerm([0], [0]));
  expect(commutator(a, ladderTerm([5], [0]))).toEqual(ladderTerm([4], [0], 5n));
  expect(commutator(numberPower([1]), up)).toEqual(up);
  expect(commutator(ladderTerm([0, 0], [1, 0]), ladderTerm([0, 1], [0, 0]))).toEqual([]);
  expect(ladderTerm([1], [1], 0n)).toEqual([]);
});

const ladder: fc.Arbitrary<LadderOperator> = fc
  .array(
    fc.record({
      creation: fc.tuple(fc.nat(2), fc.nat(2)),
      annihilation: fc.tuple(fc.nat(2), fc.nat(2)),
      coefficient: fc.bigInt({ min: -5n, max: 5n }),
    }),
    { maxLength: 4 },
  )
  .map((terms) => ladderSum(...terms.map((t) => ladderTerm(t.creation, t.annihilation, t.coefficient))));

test("a product in normal order is the product of the matrices, away from the cutoff", () => {
  fc.assert(
    fc.property(ladder, ladder, ladder, (a, b, c) => {
      const cutoff = [9, 9];
      const low = Float64Array.from({ length: 100 }, (_, i) => (i % 10 < 6 && i < 60 ? (i % 7) + 1 : 0));
      const product = applied(operatorMatrix(ladderProduct(a, b), cutoff), low);
      const twice = applied(operatorMatrix(a, cutoff), applied(operatorMatrix(b, cutoff), low));
      expect(product.every((v, i) => v === twice[i])).toBe(true);
      const [left, right] = [ladderProduct(ladderProduct(a, b), c), ladderProduct(a, ladderProduct(b, c))];
      expect(ladderSum(left, ladderScaled(right, -1n))).toEqual([]);
    }),
    { seed: 5, numRuns: 25 },
  );
});

test("pair annihilation is H = k/2 (1 − a†²) a², and prints so", () => {
  const net = parseNetwork("2 A -> 0 @ k\nk = 1");
  expect(printGenerator(generatorOperators(net))).toBe("H = 1/2 k a_A^2 - 1/2 k a†_A^2 a_A^2");
  expect(printGenerator(generatorOperators(net), "latex")).toBe(
    "H = \\frac{1}{2} k {a_{A}}^{2} - \\frac{1}{2} k {a_{A}^\\dagger}^{2} {a_{A}}^{2}",
  );
  expect(printGenerator(generatorOperators(parseNetwork("0 -> A + B1 @ 2")))).toBe("H = 2 a†_A a†_B1 - 2");
  expect(printGenerator(generatorOperators(parseNetwork("A -> A @ 2")))).toBe("H = 0");
  expect(printOperator([], ["A"])).toBe("0");
  expect(printOperator(ladderTerm([1], [0], -3n), ["B1"], "latex")).toBe("-3 a_{B_{1}}^\\dagger");
});

const side = fc.array(fc.record({ species: fc.nat(2), order: fc.integer({ min: 1, max: 2 }) }), { maxLength: 2 });
const reaction = fc.record({
  reactants: side,
  products: side,
  rate: fc
    .integer({ min: 1, max: 12 })
    .map((value) => ({ kind: "massAction", constant: { kind: "number", value: value / 7 } }) as const),
});
const networks: fc.Arbitrary<Network> = fc
  .tuple(fc.array(reaction, { minLength: 1, maxLength: 5 }), fc.boolean())
  .map(([reactions, held]) => ({
    species: ["A", "B", "C"],
    reactions,
    initial: [4, 3, 2],
    boundary: new Set(held ? ["B"] : []),
    parameters: new Map(),
  }));

test("moment equations by normal ordering equal the master equation's on 20 random networks", () => {
  fc.assert(
    fc.property(networks, (network) => {
      for (const kind of ["raw", "factorial"] as const) {
        const [byOrder, byShift] = [operatorMomentEquations(network, 3, kind), momentEquations(network, 3, kind)];
        expect(byOrder.higher).toEqual(byShift.higher);
        const [left, right] = [momentMatrix(byOrder), momentMatrix(byShift)];
        expect([...left.start, ...left.index]).toEqual([...right.start, ...right.index]);
        expect(left.value.every((v, e) => Math.abs(v - right.value[e]) <= 1e-12 * Math.abs(right.value[e]))).toBe(true);
      }
    }),
    { seed: 20, numRuns: 20 },
  );
});

test("the generator's matrix is the master equation: each column is what the propensities say", () => {
  fc.assert(
    fc.property(networks, (network) => {
      const free = network.species.filter((name) => network.boundary?.has(name) !== true);
      const cutoff = free.map((_, s) => 3 + s);
      const net = compile(network);
      const a = new Float64Array(network.reactions.length);
      const indexOf = (x: readonly number[]): number =>
        x.some((n, s) => n > cutoff[s]) ? -1 : x.reduce((index, n, s) => index * (cutoff[s] + 1) + n, 0);
      for (const [i, column] of columns(generatorMatrix(network, cutoff)).entries()) {
        const x: number[] = [];
        for (let s = cutoff.length - 1, rest = i; s >= 0; s--) {
          x.unshift(rest % (cutoff[s] + 1));
          rest = Math.floor(rest / (cutoff[s] + 1));
        }
        const full = network.species.map((name, s) =>
          free.includes(name) ? x[free.indexOf(name)] : network.initial[s],
        );
        propensities(net, Float64Array.from(full), a);
        const wanted = new Float64Array(column.length);
        for (let r = 0; r < a.length; r++) {
          if (net.changeStart[r] === net.changeStart[r + 1]) continue;
          const y = [...full];
          for (let e = net.changeStart[r]; e < net.changeStart[r + 1]; e++) y[net.changeSpecies[e]] += net.change[e];
          wanted[i] -= a[r];
          const to = indexOf(y.filter((_, s) => free.includes(network.species[s])));
          if (to >= 0) wanted[to] += a[r];
        }
        expect(column.every((v, j) => Math.abs(v - wanted[j]) <= 1e-11)).toBe(true);
      }
    }),
    { seed: 21, numRuns: 10 },
  );
});

test("d⟨n^a⟩/dt from the truncated matrices equals the moment equations where no mass is near the cutoff", () => {
  const net = parseNetwork("2 A + B -> 3 B @ 0.1\n2 B -> A @ 0.2\n0 -> A @ 3\nA + B -> 0 @ 0.05");
  const cutoff = [12, 12];
  const random = stream("mass", 0);
  const p = Float64Array.from({ length: 169 }, (_, i) => (i % 13 < 7 && i < 91 ? random() : 0));
  const total = p.reduce((sum, v) => sum + v, 0);
  const equations = momentEquations(net, 3);
  const average = (a: readonly number[], weights: Float64Array): number =>
    weights.reduce((sum, w, i) => sum + w * Math.floor(i / 13) ** a[0] * (i % 13) ** a[1], 0) / total;
  const flow = applied(generatorMatrix(net, cutoff), p);
  const all = [...equations.equations.map(({ moment }) => moment), ...equations.higher];
  const right = applied(momentMatrix(equations), Float64Array.from([1, ...all.map((a) => average(a, p))]));
  for (const [i, a] of graded(2, 1, 3).entries()) expect(right[i] / average(a, flow)).toBeCloseTo(1, 11);
});

test("a law that is legal has an operator, one that takes copies which are not there is refused by name", () => {
  const law = parseNetwork("2 A -> 0 @ = k*A*(A - 1)/2\nk = 3");
  expect(printGenerator(generatorOperators(law))).toBe("H = 1.5 a_A^2 - 1.5 a†_A^2 a_A^2");
  const bad = parseNetwork("pull: 2 A -> 0 @ = A");
  expect(() => generatorOperators(bad)).toThrow('reaction "pull": its law does not vanish where fewer copies are left');
});

test("cutoffs that make no matrix are refused", () => {
  expect(() => creationMatrix([-1], 0)).toThrow("a cutoff must be a whole number ≥ 0, got -1");
  expect(() => creationMatrix([2000, 2000], 0)).toThrow("states are more than 1000000");
});
