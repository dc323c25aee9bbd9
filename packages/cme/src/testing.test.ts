import { expect, test } from "vitest";
import { direct } from "./ssa/direct/index.ts";
import type { Method, Trajectory } from "./ssa/method.ts";
import { methodConformance } from "./testing.ts";

/** The direct method, given another trajectory than the one it was asked for. */
const faulty = (change: (trajectory: Trajectory) => Trajectory): Method => ({
  name: "faulty",
  prepare: (net) => {
    const simulate = direct.prepare(net);
    return (trajectory) => simulate(change(trajectory));
  },
});

test("a name that is not camelCase is refused", () => {
  expect(methodConformance({ ...direct, name: "Next Reaction" })).toEqual([
    'the name must be camelCase, got "Next Reaction"',
  ]);
});

test("time that runs 10 % fast (lost events) shows in the means", () => {
  const slow = faulty((t) => ({ ...t, times: t.times.map((time) => 0.9 * time) }));
  expect(methodConformance(slow).join("\n")).toMatch(/the mean is off by/);
});

test("one stream used for every run shows in the variance", () => {
  const draws = Array.from({ length: 20_000 }, (_, i) => ((i * 0.618_033_988_749_895) % 1) + 0);
  const reused = faulty((t) => {
    let at = 0;
    return { ...t, random: () => draws[at++ % draws.length] };
  });
  expect(methodConformance(reused, { runs: 200 }).join("\n")).toMatch(/the variance is off by/);
});

test("a state recorded after the event that passes the time is found", () => {
  const late: Method = {
    name: "late",
    prepare: (net) => {
      const simulate = direct.prepare(net);
      return (trajectory) => {
        const { x, times, out, random, start, maxEvents } = trajectory;
        const width = x.length - 1;
        let events = 0;
        // Each row: run to its time, then let one more event happen, and record that.
        for (let row = 0, from = start; row < times.length; from = times[row++]) {
          const part = new Int32Array(width);
          const grid = times.slice(row, row + 1);
          events += simulate({ x, start: from, times: grid, random, out: part, maxEvents }).events;
          events += simulate({ x, start: 0, times: Float64Array.of(1e300), random, out: part, maxEvents: 1 }).events;
          for (let s = 0; s < width; s++) out[row * width + s] = x[s];
        }
        return { events, rows: times.length, time: times.at(-1)! };
      };
    },
  };
  expect(methodConformance(late, { runs: 500 }).join("\n")).toMatch(/just before the event/);
});

test("a method that ignores its budget is found", () => {
  const greedy = faulty((t) => ({ ...t, maxEvents: t.maxEvents + 1 }));
  expect(methodConformance(greedy, { runs: 100 }).join("\n")).toMatch(/a budget of 5 must stop after 5 events/);
});
