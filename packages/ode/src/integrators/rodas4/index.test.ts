import { adaptiveConformance } from "@dbd/ode/testing";
import { expect, test } from "vitest";
import { integrate } from "../../integrate.ts";
import { rodas4 } from "./index.ts";

test("rodas4 conforms", () => {
  expect(adaptiveConformance(rodas4)).toEqual([]);
});

/** Error at t = 1 and largest error of the dense output, with n equal steps. */
function errors(n: number, exactly: boolean): { end: number; between: number } {
  const times = Float64Array.from({ length: 8 * n + 1 }, (_, i) => i / (8 * n));
  const { values } = integrate(
    {
      // y = (1 + t) e^−t with a field that depends on t and is not linear in y
      evaluate: (t, [y], out) =>
        void (out[0] = (y * y * Math.exp(t)) / (1 + t) - y + Math.exp(-t) - Math.exp(-t) * (1 + t)),
      ...(exactly && {
        jacobian: (t, [y], out) => void (out[0] = (2 * y * Math.exp(t)) / (1 + t) - 1),
        timeDerivative: (t, [y], out) =>
          void (out[0] = (y * y * Math.exp(t) * t) / (1 + t) ** 2 + Math.exp(-t) * (t - 1)),
      }),
    },
    { y0: [1], times, integrator: rodas4, rtol: 0.9, atol: 1e6, firstStep: 1 / n, maxStep: 1 / n },
  );
  const off = Array.from(times, (t, i) => Math.abs(values[i] - (1 + t) * Math.exp(-t)));
  return { end: off[8 * n], between: Math.max(...off) };
}

test("the observed order is 4 at the steps; the dense output keeps up, and differences do for the derivatives", () => {
  const [coarse, fine] = [errors(32, true), errors(64, true)];
  expect(Math.abs(Math.log2(coarse.end / fine.end) - 4)).toBeLessThan(0.1);
  expect(Math.log2(coarse.between / fine.between)).toBeGreaterThan(3.7); // local order 4 on top of global order 4
  expect(errors(32, false).end / coarse.end).toBeCloseTo(1, 1);
});
