import { expect, test } from "vitest";
import { pace, type Progress } from "./run.ts";

test("the end is always reported, and nothing else before the interval has passed", async () => {
  const seen: Progress[] = [];
  const step = pace({ onProgress: (p) => seen.push(p) }, 1e9);
  for (let done = 1; done <= 5; done++) expect(await step({ done, total: 5 })).toBe(true);
  expect(seen).toEqual([{ done: 5, total: 5 }]);
});

test("with no interval every step is reported and lets the event loop turn, so that a timer can abort the job", async () => {
  const seen: number[] = [];
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 0);
  const step = pace({ signal: controller.signal, onProgress: ({ done }) => seen.push(done) }, 0);
  let done = 0;
  while (await step({ done: ++done, total: 1e6 }));
  expect(done).toBeLessThan(1e6);
  expect(seen).toHaveLength(done);
});

test("a job that was aborted before it began stops at once", async () => {
  expect(await pace({ signal: AbortSignal.abort() })({ done: 0, total: 1 })).toBe(false);
});
