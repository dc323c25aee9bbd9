import { drawNormal } from "@dbd/numerics/random/normal";
import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { ais } from "./ais.ts";
import { rbm } from "./families/rbm.ts";
import { binary } from "./layers/binary.ts";
import { isingTorus } from "./torus.ts";

// Three standard errors are 0.05 nat here, so the agreement is not luck of the seed.
test("annealed importance sampling of the critical 8×8 torus: error bar below 0.017, log Z within 3σ of 60.1417807891", () => {
  const nu = Float64Array.of(0, 0, Math.log(1 + Math.SQRT2) / 2);
  const options = { chains: 500, temperatures: 2000, random: stream("ais", 1) };
  const { logZ, standardError } = ais(rbm(isingTorus(8, 8)), nu, options);
  expect(standardError).toBeLessThan(0.017);
  expect(Math.abs(logZ - 60.14178078906915)).toBeLessThan(3 * standardError);
});

// Twenty seeds each: error bars that were too small by half, or a bias of one bar, would give a root mean square of 2 or 1.4.
for (const scale of [0.1, 0.3, 0.6, 1, 2, 3])
  test(`12 × 20 units, weights ${scale}: log Z equal from both sides to 1e-10, and annealing's error bars are honest`, () => {
    const machine = rbm({ visible: binary(12), hidden: binary(20) });
    const random = stream("m", Math.round(scale * 10));
    const nu = Float64Array.from(machine.labels, () => scale * drawNormal(random));
    const exact = machine.logZOver(nu, "visible");
    expect(Math.abs(machine.logZOver(nu, "hidden") - exact)).toBeLessThan(1e-10);
    const start = nu.map((x, k) => (k < 32 ? x : 0));
    let square = 0;
    for (let seed = 0; seed < 20; seed++) {
      const options = { chains: 60, temperatures: 200, random: stream("ais20", seed), start };
      const { logZ, standardError } = ais(machine, nu, options);
      const z = (logZ - exact) / standardError;
      expect(Math.abs(z)).toBeLessThan(3.5);
      square += (z * z) / 20;
      if (scale < 1) expect(Math.abs(logZ - exact)).toBeLessThan(0.05);
    }
    expect(Math.sqrt(square)).toBeLessThan(1.35);
  });
