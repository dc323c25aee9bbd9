import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { ais } from "./ais.ts";
import { rbm } from "./families/rbm.ts";
import { isingTorus } from "./torus.ts";

// Three standard errors are 0.05 nat here, so the agreement is not luck of the seed.
test("annealed importance sampling of the critical 8×8 torus: error bar below 0.017, log Z within 3σ of 60.1417807891", () => {
  const nu = Float64Array.of(0, 0, Math.log(1 + Math.SQRT2) / 2);
  const options = { chains: 500, temperatures: 2000, random: stream("ais", 1) };
  const { logZ, standardError } = ais(rbm(isingTorus(8, 8)), nu, options);
  expect(standardError).toBeLessThan(0.017);
  expect(Math.abs(logZ - 60.14178078906915)).toBeLessThan(3 * standardError);
});
