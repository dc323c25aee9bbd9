import { countsOfSpecies, poisson, type Statistic } from "@dbd/boltzmann";
import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { rankOnRing } from "./reference/ringStructure.ts";
import { growStructure, rankStatistics, tabulate, type Transitions } from "./structure.ts";
import { toDot, toMermaid } from "./structureGraph.ts";

test.each([1])("from 10⁴ samples pairs that annihilate on a ring are found among 8 candidates, seed %d", (seed) => {
  const [first, second] = rankOnRing({ before: [1, 1], after: [0, 0] }, seed, 10_000);
  expect(first.label).toBe("01");
  expect(Math.abs(first.z)).toBeGreaterThan(4);
  expect(second.gain).toBeLessThan(first.gain);
});

/** A + B → C at 0.1, C → D at 0.5: only A and B meet. */
const chemistry: Transitions = (n, visit) => {
  if (n[0] > 0 && n[1] > 0) visit(0.1 * n[0] * n[1], [n[0] - 1, n[1] - 1, n[2] + 1, n[3]]);
  if (n[2] > 0) visit(0.5 * n[2], [n[0], n[1], n[2] - 1, n[3] + 1]);
};
const names = ["A", "B", "C", "D"];
const means = [3, 2, 2.5, 1.5];
const single = names.map((label, s): Statistic => ({ label, value: (n) => n[s] }));
const pairs = names.flatMap((a, s) =>
  names.slice(s).map(
    (b, d): Statistic => ({
      label: `${a}${b}`,
      value: (n) => (n[s] - means[s]) * (n[s + d] - means[s + d]),
    }),
  ),
);

/** The product of Poisson distributions: its states and probabilities. */
function mixture(): { readonly states: Int32Array; readonly probability: Float64Array } {
  const family = countsOfSpecies({
    species: names.map((name) => ({ name, base: poisson, max: 10 })),
    statistics: [0, 1, 2, 3].map((s) => names.map((_, i) => (i === s ? 1 : 0))),
  });
  const { states, probability } = family.table(Float64Array.from(means, (m) => -Math.log(m)));
  return { states: states.slice(), probability: probability.slice() };
}

test("from exact probabilities A + B → C asks for the interaction of A and B, and for no other pair of two species", () => {
  const { states, probability } = mixture();
  const options = { size: 4, transitions: chemistry, probability };
  const ranking = rankStatistics(tabulate(states, single, options), tabulate(states, pairs, options));
  expect(ranking[0].label).toBe("AB");
  expect(ranking[0].z).toBeNaN();
  for (const { label, gain } of ranking.slice(1)) {
    if (label[0] !== label[1]) expect(gain).toBeLessThan(1e-3 * ranking[0].gain); // the box cuts Poisson tails
  }
});

test("proposing, adding and repeating stops when nothing is significant, and a function of φ gains nothing", () => {
  const random = stream("chemistry", 0);
  const { states, probability } = mixture();
  const cumulative = probability.slice();
  for (let i = 1; i < cumulative.length; i++) cumulative[i] += cumulative[i - 1];
  const runs = 4000;
  const drawn = new Int32Array(runs * 4);
  for (let r = 0; r < runs; r++) {
    const u = random();
    let i = 0;
    while (i < cumulative.length - 1 && cumulative[i] < u) i++;
    drawn.set(states.subarray(4 * i, 4 * i + 4), 4 * r);
  }
  const options = { size: 4, transitions: chemistry };
  const total: Statistic = { label: "A + B", value: (n) => n[0] + n[1] };
  const { rounds, model } = growStructure(
    tabulate(drawn, single, options),
    tabulate(drawn, [total, ...pairs], options),
    { most: 5 },
  );
  expect(rounds[0].added.label).toBe("AB");
  expect(rounds[0].ranking.find(({ label }) => label === "A + B")?.gain).toBe(0);
  expect(rounds.length).toBeLessThanOrEqual(4);
  expect(model.labels.slice(0, 5)).toEqual(["A", "B", "C", "D", "AB"]);
});

test("tables that do not fit and singular models are refused", () => {
  const states = Int32Array.of(1, 2, 2, 1, 3, 3, 0, 4);
  const options = { size: 2, transitions: (() => undefined) as Transitions };
  const one: Statistic = { label: "one", value: () => 1 };
  const x: Statistic = { label: "x", value: (n) => n[0] };
  const table = tabulate(states, [x], options);
  expect(() => rankStatistics(tabulate(states, [one], options), table)).toThrow("Leave out the redundant");
  expect(() => rankStatistics(tabulate(states.subarray(2), [x], options), table)).toThrow(
    "the same states, got 3 and 4",
  );
  expect(() => tabulate(states.subarray(1), [x], options)).toThrow("states must have length N·2");
});

test("the graph as DOT and Mermaid: fields, edges and factors", () => {
  const interactions = [
    { label: "A", nodes: ["A"] },
    { label: "AB", nodes: ["A", "B"], note: "gain 0.3" },
    { label: "A B C", nodes: ["A", "B", 'C"'] },
  ];
  expect(toDot(interactions)).toBe(
    `graph structure {
  "A" [shape=circle];
  "B" [shape=circle];
  "C\\"" [shape=circle];
  "A" -- "B" [label="AB: gain 0.3"];
  "factor 1" [shape=box, label="A B C"];
  "factor 1" -- "A";
  "factor 1" -- "B";
  "factor 1" -- "C\\"";
}
`,
  );
  expect(toMermaid(interactions)).toBe(
    `flowchart LR
  n0(("A"))
  n1(("B"))
  n2(("C#quot;"))
  n0 ---|"AB: gain 0.3"| n1
  f0["A B C"]
  f0 --- n0
  f0 --- n1
  f0 --- n2
`,
  );
});
