/** A benchmark model in our own text, its horizon, and a mean at the horizon known from a closed or exact form. */
export interface SsaModel {
  readonly name: string;
  readonly text: string;
  readonly horizon: number;
  /** Events of one run, about. */
  readonly events: number;
  /** Exact mean of the first species at the horizon, where one is known. */
  readonly mean?: number;
}

/** The five small models that published simulators are compared on; propensity = k · ∏ C(n, m). */
export const ssaModels: readonly SsaModel[] = [
  { name: "immigration–death", text: "0 -> X @ 100\nX -> 0 @ 1\nX = 100", horizon: 50, events: 10000, mean: 100 },
  {
    name: "dimerisation",
    text: "2 A -> B @ 0.001\nB -> 2 A @ 0.5\nA = 1000\nB = 0",
    horizon: 10,
    events: 2600,
    mean: 500.111,
  },
  {
    name: "Schlögl",
    text: "2 X -> 3 X @ 0.03\n3 X -> 2 X @ 1e-4\n0 -> X @ 200\nX -> 0 @ 3.5\nX = 250",
    horizon: 4,
    events: 13000,
    mean: 309.885,
  },
  {
    name: "Lotka–Volterra",
    text: "P -> 2 P @ 1\nP + H -> 2 H @ 0.0016\nH -> 0 @ 0.2\nP = 241\nH = 602",
    horizon: 10,
    events: 3700,
  },
  {
    name: "Vilar",
    text: [
      "Da + A -> Dpa @ 1",
      "Dr + A -> Dpr @ 1",
      "Dpa -> Da + A @ 50",
      "Dpr -> Dr + A @ 100",
      "Da -> Da + Ma @ 50",
      "Dr -> Dr + Mr @ 0.01",
      "Dpa -> Dpa + Ma @ 500",
      "Dpr -> Dpr + Mr @ 50",
      "Ma -> Ma + A @ 50",
      "Mr -> Mr + R @ 5",
      "A + R -> C @ 2",
      "C -> R @ 1",
      "Ma -> 0 @ 10",
      "Mr -> 0 @ 0.5",
      "A -> 0 @ 1",
      "R -> 0 @ 0.2",
      "Da = 1",
      "Dr = 1",
      "A = 0",
      "R = 0",
      "C = 0",
      "Dpa = 0",
      "Dpr = 0",
      "Ma = 0",
      "Mr = 0",
    ].join("\n"),
    horizon: 50,
    events: 145000,
  },
];

/** A cyclic chain of first-order reactions, 20 copies in each of the first half: 1,000 of them fire 2 · 10⁴ times to t = 2. */
export function chainText(size: number): string {
  const reactions = Array.from({ length: size }, (_, i) => `S${i} -> S${(i + 1) % size} @ ${1 + 0.5 * Math.sin(i)}`);
  return [...reactions, ...Array.from({ length: size / 2 }, (_, i) => `S${i} = 20`)].join("\n");
}

/** Diffusion on a ring of voxels at rate 1 to either side, 20 copies in each of the first half. */
function ringText(size: number): string {
  const hops = Array.from(
    { length: size },
    (_, i) => `S${i} -> S${(i + 1) % size} @ 1\nS${i} -> S${(i + size - 1) % size} @ 1`,
  );
  return [...hops, ...Array.from({ length: size / 2 }, (_, i) => `S${i} = 20`)].join("\n");
}

/** Large networks, with the exact mean of the first species at the horizon. */
export const largeModels: readonly SsaModel[] = [
  { name: "chain", text: chainText(1000), horizon: 2, events: 18600, mean: 2.7067 },
  { name: "ring", text: ringText(1000), horizon: 1, events: 20000, mean: 13.0851 },
];
