import { expect, test } from "vitest";
import { NumericalError } from "./errors.ts";
import { serve } from "./pool.ts";

test("serve answers each job with its value or with what went wrong", async () => {
  const sent: unknown[] = [];
  const listeners: ((event: never) => void)[] = [];
  const port = {
    postMessage: (message: unknown) => void sent.push(message),
    addEventListener: (_: string, listener: (event: never) => void) => void listeners.push(listener),
    terminate: () => undefined,
  };
  serve(async (job: string) => {
    if (job === "numerical") throw new NumericalError("solve", "stopped at 2");
    if (job === "plain") throw new TypeError("no");
    // oxlint-disable-next-line no-throw-literal
    if (job === "text") throw "bare text";
    return job.toUpperCase();
  }, port);
  for (const job of ["fine", "numerical", "plain", "text"]) {
    for (const listener of listeners) listener({ data: job } as never);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  expect(sent).toEqual([
    { value: "FINE" },
    { failure: { name: "NumericalError", message: "solve: stopped at 2.", exitCode: 1 } },
    { failure: { name: "TypeError", message: "no" } },
    { failure: { name: "Error", message: "bare text" } },
  ]);
});
