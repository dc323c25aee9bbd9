import { drawNormal } from "@dbd/numerics/random/normal";
import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import type { BipartiteOptions } from "./bipartite.ts";
import { centreGradient } from "./centring.ts";
import { conditionalMoments, layerMoments } from "./conditionalMoments.ts";
import { rbm } from "./families/rbm.ts";
import { binary } from "./layers/binary.ts";

const ring: BipartiteOptions = {
  visible: binary(4),
  hidden: binary(4),
  visibleBias: [0, 0, 0, 0],
  hiddenBias: [0, 0, 0, 0],
  edges: [0, 1, 2, 3].flatMap((j) => [0, 1].map((d) => [(j + d) % 4, j, d] as [number, number, number])),
};

// SCIENCE A6: the machine in v − μ, h − λ has the weights of the plain one and biases ã = a + Σ W λ, b̃ = b + Σ W μ; its
// weight gradient is the difference of ⟨(v − μ)(h − λ)⟩, summed here over all joint states.
for (const [name, options] of [
  ["untied 4 × 3", { visible: binary(4), hidden: binary(3) }],
  ["tied ring", ring],
] as [string, BipartiteOptions][])
  test(`${name}: the centred gradient equals the transformed uncentred one to 1e-10`, () => {
    const machine = rbm(options);
    const random = stream("centring", machine.labels.length);
    const nu = Float64Array.from(machine.labels, () => drawNormal(random));
    const [V, H] = [machine.graph.visible.size, machine.graph.hidden.size];
    const tied = options.edges !== undefined;
    const offsets = (n: number): Float64Array => new Float64Array(n).fill(0.3).map((x) => (tied ? x : random()));
    const [mu, lambda] = [offsets(V), offsets(H)];
    const data = Float64Array.of(1, 0, 1, 0, 1, 1, 0, 0);
    const awake = layerMoments(machine);
    conditionalMoments(machine, nu, data, awake);
    const asleep = new Float64Array(nu.length);
    machine.asleepMoments(nu, null, asleep);
    const plain = awake.phi.map((x, k) => x - asleep[k]);
    const step = plain.slice();
    centreGradient(machine.graph, step, mu, lambda);

    const pairs = new Float64Array(nu.length); // −⟨Σ (v − μ)(h − λ)⟩ awake minus asleep, by weight
    const add = (v: ArrayLike<number>, h: ArrayLike<number>, scale: number): void => {
      const { start, other, nu: index } = machine.graph.byVisible;
      for (let i = 0; i < V; i++)
        for (let e = start[i]; e < start[i + 1]; e++)
          pairs[index[e]] -= scale * (v[i] - mu[i]) * (h[other[e]] - lambda[other[e]]);
    };
    const h = new Float64Array(H);
    for (const row of [data.slice(0, 4), data.slice(4)]) {
      machine.hiddenMean(nu, row, h);
      add(row, h, 0.5);
    }
    const logZ = machine.logZ(nu);
    for (let code = 0; code < 2 ** (V + H); code++) {
      const x = Float64Array.from({ length: V + H }, (_, i) => (code >> i) & 1);
      const [v, hidden] = [x.slice(0, V), x.slice(V)];
      add(v, hidden, -Math.exp(-machine.energy(nu, v, hidden) - logZ));
    }
    const correction = new Float64Array(nu.length);
    const { start, other, nu: index } = machine.graph.byVisible;
    for (let i = 0; i < V; i++)
      for (let e = start[i]; e < start[i + 1]; e++) {
        const share = tied ? 1 / 4 : 1; // one coefficient stands for four units
        correction[machine.graph.visibleBias[i]] += share * pairs[index[e]] * lambda[other[e]];
        correction[machine.graph.hiddenBias[other[e]]] += share * pairs[index[e]] * mu[i];
      }
    for (let k = 0; k < nu.length; k++) {
      const want = machine.labels[k].startsWith("W") ? pairs[k] : plain[k] - correction[k];
      expect(Math.abs(step[k] - want)).toBeLessThan(1e-10);
    }
  });

test("offsets of zero change nothing, and units without a bias are left out", () => {
  const machine = rbm({ visible: binary(2), hidden: binary(1), visibleBias: [-1, 0] });
  const gradient = Float64Array.of(1, 2, 3, 4);
  centreGradient(machine.graph, gradient, new Float64Array(2), new Float64Array(1));
  expect([...gradient]).toEqual([1, 2, 3, 4]);
  centreGradient(machine.graph, gradient, new Float64Array(2), Float64Array.of(0.5));
  expect([...gradient]).toEqual([1 - 0.5 * 3.5, 2, 3, 3.5]);
});
