import { expect, test, vi } from "vitest";
import { NumericalError } from "./errors.ts";
import { serve } from "./pool.ts";

const { sent, port } = vi.hoisted(() => {
  const sent: unknown[] = [];
  const listeners: ((event: { data: unknown }) => void)[] = [];
  const port = {
    postMessage: (message: unknown) => void sent.push(message),
    addEventListener: (_: string, listener: (event: { data: unknown }) => void) => void listeners.push(listener),
    receive: (data: unknown) => listeners.forEach((listener) => listener({ data })),
  };
  return { sent, port };
});

vi.mock("#worker", () => ({ parent: () => port, processors: () => 1, Worker: undefined }));

test("serve answers each job with its value or with what went wrong", async () => {
  serve(async (job: string) => {
    if (job === "numerical") throw new NumericalError("solve", "stopped at 2");
    if (job === "plain") throw new TypeError("no");
    // oxlint-disable-next-line no-throw-literal
    if (job === "text") throw "bare text";
    return job.toUpperCase();
  });
  for (const job of ["fine", "numerical", "plain", "text"]) {
    port.receive(job);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  expect(sent).toEqual([
    { value: "FINE" },
    { failure: { name: "NumericalError", message: "solve: stopped at 2.", exitCode: 1 } },
    { failure: { name: "TypeError", message: "no" } },
    { failure: { name: "Error", message: "bare text" } },
  ]);
});
