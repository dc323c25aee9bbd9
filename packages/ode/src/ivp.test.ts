import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  dormandPrince54,
  dormandPrince853,
  integrate,
  ndf,
  rodas4,
  tsit54,
  type AdaptiveProblem,
  type Field,
} from "./index.ts";

// Problems with published end values, and others whose end values come from Taylor series with 45 digits or closed forms.
// The file with the values is not part of the repository: set DBD_TEST_DATA to its folder.
const folder = process.env["DBD_TEST_DATA"];

interface Stored {
  readonly y0: readonly (number | string)[];
  readonly reference: { readonly t: string; readonly y: readonly string[] };
}
const stored: Record<string, Stored> =
  folder === undefined ? {} : JSON.parse(readFileSync(join(folder, "ivp.json"), "utf8")).problems;

type Evaluate = Field["evaluate"];

const hires: Evaluate = (_t, [a, b, c, d, e, f, g, h], out) => {
  const meeting = 280 * f * h;
  out[0] = -1.71 * a + 0.43 * b + 8.32 * c + 0.0007;
  out[1] = 1.71 * a - 8.75 * b;
  out[2] = -10.03 * c + 0.43 * d + 0.035 * e;
  out[3] = 8.32 * b + 1.71 * c - 1.12 * d;
  out[4] = -1.745 * e + 0.43 * f + 0.43 * g;
  out[5] = -meeting + 0.69 * d + 1.71 * e - 0.43 * f + 0.69 * g;
  out[6] = meeting - 1.81 * g;
  out[7] = -out[6];
};
const robertson: Evaluate = (_t, [a, b, c], out) => {
  out[0] = -0.04 * a + 1e4 * b * c;
  out[2] = 3e7 * b * b;
  out[1] = -out[0] - out[2];
};
const oregonator: Evaluate = (_t, [a, b, c], out) => {
  out[0] = 77.27 * (b + a * (1 - 8.375e-6 * a - b));
  out[1] = (c - (1 + a) * b) / 77.27;
  out[2] = 0.161 * (a - c);
};
const vanDerPol: Evaluate = (_t, [x, v], out) => out.set([v, 1000 * (1 - x * x) * v - x]);
const pleiades: Evaluate = (_t, s, out) => {
  for (let i = 0; i < 7; i++) {
    out[i] = s[14 + i];
    out[7 + i] = s[21 + i];
    out[14 + i] = 0;
    out[21 + i] = 0;
    for (let j = 0; j < 7; j++) {
      if (i === j) continue;
      const [dx, dy] = [s[j] - s[i], s[7 + j] - s[7 + i]];
      const pull = (j + 1) / (dx * dx + dy * dy) ** 1.5;
      out[14 + i] += pull * dx;
      out[21 + i] += pull * dy;
    }
  }
};
const kepler: Evaluate = (_t, [x, y, vx, vy], out) => {
  const pull = (x * x + y * y) ** -1.5;
  out.set([vx, vy, -x * pull, -y * pull]);
};
const chain: Evaluate = (_t, y, out) => {
  for (let p = 0; p < 10; p++) out[p] = (y[p - 1] ?? 0) - (p < 9 ? y[p] : 0);
};

interface Case {
  readonly name: string;
  readonly evaluate: Evaluate;
  /** Size of the components that matter, for atol = rtol · size. */
  readonly size: number | readonly number[];
  /** Methods with the digits that they must reach at 1e-10. */
  readonly methods: readonly (readonly [method: AdaptiveProblem["integrator"], digits: number])[];
  readonly own?: Stored;
}

const stiff: Case["methods"] = [
  [rodas4, 9],
  [ndf, 7],
];
const smooth: Case["methods"] = [
  [dormandPrince853, 8],
  [dormandPrince54, 8],
  [tsit54, 8],
];
// The orbits amplify errors 300 times and more: what an error of 1e-10 in each step can leave.
const sevenBodies: Case["methods"] = [
  [dormandPrince853, 7],
  [dormandPrince54, 7.5],
  [tsit54, 8],
];
const twoBodies: Case["methods"] = [
  [dormandPrince853, 8],
  [dormandPrince54, 6.9],
  [tsit54, 7.2],
];
const decays = [1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-5, 1e-4, 1e-4, 1e-3, 1];

// End values of the last two: Taylor series of orders 40 and 50 with 50 digits and two step lengths, agreeing to 20 digits.
const lorenzAt5 = ["-6.512113699419599047", "-6.9740427884170761343", "23.924129572103370351"];
const roesslerAt20 = ["-4.0477976003362761922", "7.1064400675597977206", "0.029889576332390460903"];

const cases: readonly Case[] = [
  { name: "hires", evaluate: hires, size: 1e-4, methods: stiff },
  { name: "rober", evaluate: robertson, size: [1e-8, 1e-13, 1], methods: stiff },
  { name: "orego", evaluate: oregonator, size: 1, methods: stiff },
  { name: "vdpolm", evaluate: vanDerPol, size: [1, 1e-3], methods: stiff },
  { name: "pleiades", evaluate: pleiades, size: 1, methods: sevenBodies },
  {
    name: "brusselator",
    evaluate: (_t, [x, y], out) => out.set([1 + x * x * y - 4 * x, 3 * x - x * x * y]),
    size: 1,
    methods: smooth,
  },
  {
    name: "lotka_volterra",
    evaluate: (_t, [x, y], out) => out.set([1.5 * x - x * y, -3 * y + x * y]),
    size: 1,
    methods: smooth,
  },
  {
    name: "detest_B5",
    evaluate: (_t, [x, y, z], out) => out.set([y * z, -x * z, -0.51 * x * y]),
    size: 1,
    methods: smooth,
  },
  { name: "detest_D1", evaluate: kepler, size: 1, methods: twoBodies },
  { name: "detest_C1", evaluate: chain, size: decays, methods: smooth },
  {
    name: "lorenz",
    evaluate: (_t, [x, y, z], out) => out.set([10 * (y - x), x * (28 - z) - y, x * y - (8 / 3) * z]),
    size: 1,
    methods: smooth,
    own: { y0: [1, 1, 1], reference: { t: "5", y: lorenzAt5 } },
  },
  {
    name: "roessler",
    evaluate: (_t, [x, y, z], out) => out.set([-y - z, x + 0.2 * y, 0.2 + z * (x - 5.7)]),
    size: 1,
    methods: smooth,
    own: { y0: [1, 1, 0], reference: { t: "20", y: roesslerAt20 } },
  },
];

/** Correct digits of the worst component at the end. */
function digits({ name, evaluate, size, own }: Case, integrator: AdaptiveProblem["integrator"], rtol: number): number {
  const { y0, reference } = own ?? stored[name];
  const atol = typeof size === "number" ? size * rtol : size.map((v) => v * rtol);
  const times = [0, Number(reference.t)];
  const path = integrate(evaluate, { y0: y0.map(Number), times, integrator, rtol, atol, maxSteps: 1e6 });
  expect(path.stopped).toBe("end");
  return Math.min(...reference.y.map((v, p) => -Math.log10(Math.abs(path.end.y[p] / Number(v) - 1))));
}

for (const one of cases)
  for (const [integrator, least] of one.methods) {
    const skipped = one.own === undefined && folder === undefined;
    const note = skipped ? " (skipped: DBD_TEST_DATA is not set)" : "";
    test.skipIf(skipped)(`${one.name} by ${integrator.name}: the error follows the tolerance${note}`, () => {
      const got = [1e-4, 1e-6, 1e-8, 1e-10].map((rtol) => digits(one, integrator, rtol));
      got.slice(1).forEach((v, i) => expect(v).toBeGreaterThan(got[i]));
      expect(got[3] - got[0]).toBeGreaterThan(4.5); // 6 when it is proportional
      expect(got[3]).toBeGreaterThan(least);
    });
  }
