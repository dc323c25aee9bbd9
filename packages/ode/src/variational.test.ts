import { expect, test } from "vitest";
import { heun, rk4, variational, type Dynamics } from "./index.ts";
import { logistic, logisticAt, tanhField } from "./sampleFields.ts";

test("logistic growth: ∂y/∂u = t y (1 − y) at every time", () => {
  const times = [0, 0.5, 1, 2];
  const u = Float64Array.of(0.8);
  const { sensitivity } = variational(logistic, u, { y0: [0.3], times, integrator: rk4, substeps: 200 });
  times.forEach((t, i) => {
    const y = logisticAt(t, 0.3, 0.8);
    expect(sensitivity[i]).toBeCloseTo(t * y * (1 - y), 10);
  });
});

test("one Heun step of dy/dt = u y has the sensitivity (h + u h²) y0 of its own polynomial", () => {
  const growth: Dynamics = {
    shape: [1, 1],
    evaluate: ([y], [u], out) => void (out[0] = u * y),
    jvp: ([y], [u], [dy], [du], out) => void (out[0] = u * dy + y * du),
    vjp([y], [u], [seed], yBar, uBar) {
      yBar[0] += u * seed;
      uBar[0] += y * seed;
    },
  };
  const { sensitivity } = variational(growth, Float64Array.of(3), { y0: [2], times: [0, 0.1], integrator: heun });
  expect(sensitivity[1]).toBeCloseTo((0.1 + 3 * 0.01) * 2, 14);
});

test("an initial state that depends on the coefficients is carried along", () => {
  const u = Float64Array.of(0.8);
  const initial = Float64Array.of(2);
  const problem = { y0: [0.3], times: [0, 1], integrator: rk4, substeps: 200, initial };
  const { sensitivity } = variational(logistic, u, problem);
  const y = logisticAt(1, 0.3, 0.8);
  expect(sensitivity[0]).toBe(2);
  expect(sensitivity[1]).toBeCloseTo(y * (1 - y) * (1 + 2 / (0.3 * 0.7)), 10);
  expect(() => variational(logistic, u, { ...problem, initial: new Float64Array(2) })).toThrow(
    /variational: initial must have length 1 \(\[P, Q\]\), got 2/,
  );
});

test("a stage asks for P directions, however many coefficients there are", () => {
  const field = tanhField(2, 50); // Q = 250
  let calls = 0;
  const counted: Dynamics = {
    ...field,
    jvp(...args) {
      calls++;
      field.jvp(...args);
    },
    vjp(...args) {
      calls++;
      field.vjp(...args);
    },
  };
  const u = new Float64Array(field.shape[1]).fill(0.1);
  variational(counted, u, { y0: [0.1, 0.2], times: [0, 1, 2], integrator: rk4, substeps: 5 });
  expect(calls).toBe(2 * 5 * 4 * (2 + 2)); // intervals × substeps × stages × (P jvp + P vjp)
});
