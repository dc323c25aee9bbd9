import { afterEach, expect, test, vi } from "vitest";
import { createPool, type Pool, type Port, processors, Worker } from "./pool.ts";

const squares = (): Port => new Worker(new URL("./squares.worker.js", import.meta.url), { type: "module" });
let pool: Pool<number, number>;

afterEach(async () => {
  await pool?.close();
});

test("two threads share a queue and every job gets its own answer", async () => {
  pool = createPool(squares, 2);
  const jobs = Array.from({ length: 40 }, (_, i) => i);
  expect(await Promise.all(jobs.map((i) => pool.run(i)))).toEqual(jobs.map((i) => i * i));
});

test("an error in a worker rejects its job alone, with name, message and exit code", async () => {
  pool = createPool(squares, 1);
  const [bad, good] = await Promise.allSettled([pool.run(-3), pool.run(3)]);
  expect(good).toMatchObject({ value: 9 });
  expect(bad).toMatchObject({
    reason: { name: "ArgumentError", message: "squares: n must not be negative, got -3.", exitCode: 2 },
  });
});

test("closing rejects what still waits, and a closed pool takes no jobs", async () => {
  pool = createPool(squares, 1);
  const waiting = Promise.allSettled([pool.run(1), pool.run(2)]);
  await pool.close();
  for (const outcome of await waiting) expect(outcome).toMatchObject({ reason: { message: "the pool was closed" } });
  await expect(pool.run(1)).rejects.toThrow("the pool is closed");
});

test("when the last worker dies, running and queued jobs are rejected and later ones refused", async () => {
  pool = createPool(squares, 1);
  const outcomes = await Promise.allSettled([pool.run(Number.NaN), pool.run(2)]);
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ reason: { message: "a worker stopped: worn out" } });
  }
  await expect(pool.run(2)).rejects.toThrow("every worker of the pool has stopped");
});

test("a pool needs at least one worker", () => {
  expect(() => createPool(squares, 0)).toThrow("createPool: size must be an integer of at least 1, got 0.");
});

test("the machine has at least one processor", () => {
  expect(processors()).toBeGreaterThanOrEqual(1);
});

test("in a browser the page's own Worker and navigator are used", async () => {
  const Fake = EventTarget; // any constructor will do
  vi.stubGlobal("Worker", Fake);
  vi.stubGlobal("navigator", { hardwareConcurrency: 3 });
  const browser = await import("./worker.browser.ts");
  expect(browser.processors()).toBe(3);
  vi.unstubAllGlobals();
  expect(browser.Worker).toBe(Fake);
  expect(browser.parent()).toBe(globalThis);
});
