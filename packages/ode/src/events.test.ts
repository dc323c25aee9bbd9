import { NumericalError } from "@dbd/numerics/errors";
import { expect, test } from "vitest";
import { bogackiShampine32, dormandPrince54, integrate, tsit54, type Field } from "./index.ts";

const oscillator: Field["evaluate"] = (_t, [x, v], out) => out.set([v, -x]);
const fall: Field["evaluate"] = (_t, [, v], out) => out.set([v, -1]);
const clock: Field["evaluate"] = (_t, _y, out) => void (out[0] = 1);
const position = (_t: number, [x]: Float64Array): number => x;
const start = { y0: [1, 0], times: [0, 10], rtol: 1e-10 };

test.each([dormandPrince54, tsit54, bogackiShampine32])(
  "$name finds the zeros of the cosine to the tolerance, in both directions of time",
  (integrator) => {
    for (const sign of [1, -1]) {
      const { events, stopped } = integrate(oscillator, {
        ...start,
        times: [0, 10 * sign],
        integrator,
        rtol: 1e-9,
        events: [{ value: (_t, [x]) => x }],
      });
      expect(stopped).toBe("end");
      expect(events.map(({ time }) => time)).toEqual([0.5, 1.5, 2.5].map((n) => expect.closeTo(sign * n * Math.PI, 7)));
      for (const { y } of events) {
        expect(Math.abs(y[0])).toBeLessThan(1e-13);
        expect(Math.abs(y[1])).toBeCloseTo(1, 7);
      }
    }
  },
);

test("a direction picks rises or falls, in the order of integration; several events come in order of time", () => {
  const { events } = integrate(oscillator, {
    ...start,
    integrator: tsit54,
    events: [{ value: position, direction: 1 }, { value: position, direction: -1 }, { value: (t) => t - 3 }],
  });
  expect(events.map(({ event }) => event)).toEqual([1, 2, 0, 1]);
});

test("a terminal event ends it there: state, times and later events", () => {
  const { stopped, reason, end, times, values, events, steps } = integrate(fall, {
    y0: [10, 0],
    times: [0, 2, 4, 6, 8],
    integrator: tsit54,
    events: [
      { value: (_t, [x]) => x - 5 },
      { value: (_t, [x]) => x, terminal: true },
      { value: (_t, [x]) => x + 1e-3 },
    ],
  });
  const impact = Math.sqrt(20);
  expect(stopped).toBe("event");
  expect(reason).toMatch(/a terminal event happened at t = 4\.47/);
  expect(end.time).toBeCloseTo(impact, 9);
  expect(end.y[1]).toBeCloseTo(-impact, 8);
  expect([...times]).toEqual([0, 2, 4]);
  expect(values).toHaveLength(6);
  expect(events.map(({ event }) => event)).toEqual([0, 1]);
  expect(steps.at(-1)).toBe(end.time);
});

test("a ball that bounces is restarted at each impact", () => {
  let [t, y0] = [0, [0.5, 0]];
  const impacts: number[] = [];
  for (let n = 0; n < 3; n++) {
    const ground = { value: position, direction: -1, terminal: true } as const;
    const { end } = integrate(fall, { y0, times: [t, t + 10], integrator: tsit54, rtol: 1e-10, events: [ground] });
    impacts.push(end.time);
    [t, y0] = [end.time, [0, -end.y[1] / 2]];
  }
  expect(impacts).toEqual([1, 2, 2.5].map((v) => expect.closeTo(v, 9)));
});

const found = (value: (t: number) => number, end = 4): number[] =>
  integrate(clock, { y0: [0], times: [0, end], integrator: tsit54, firstStep: end, events: [{ value }] }).events.map(
    ({ time }) => time,
  );

test("a zero at the start is none, one that is only touched is found once, two within a step are both found", () => {
  expect(found((t) => t)).toEqual([]);
  expect(found((t) => (t - 2) ** 2)).toEqual([2]); // a piece ends there
  expect(found((t) => (t - 0.9) * (t - 1.1))).toEqual([0.9, 1.1].map((v) => expect.closeTo(v, 12)));
  expect(found((t) => t - 4)).toEqual([4]); // at the very end
  expect(found((t) => (t < 1.3 ? -1 : 1))[0]).toBeCloseTo(1.3, 12); // a jump is found by bisection
  expect(found((t) => (t - 0.7) ** 9)[0]).toBeCloseTo(0.7, 1); // flat: all that can be asked is an end
});

test("an event that is NaN is an error with its time", () => {
  const events = [{ value: (t: number) => Math.log(0.5 - t) }];
  const run = () => integrate(oscillator, { ...start, integrator: tsit54, events });
  expect(run).toThrow(NumericalError);
  expect(run).toThrow(/events\[0\]\.value is NaN at t = /);
});
