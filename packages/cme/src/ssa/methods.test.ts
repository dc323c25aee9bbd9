import { expect, test } from "vitest";
import { simulateEnsemble } from "../ensemble.ts";
import { parseNetwork } from "../parse.ts";
import { simulationMethod, simulationMethods } from "./methods.ts";

test("methods are found by name", () => {
  for (const method of simulationMethods) expect(simulationMethod(method.name)).toBe(method);
  expect(() => simulationMethod("nextreaction")).toThrow('Did you mean "nextReaction"?');
  expect(() => simulationMethod("leapfrog")).toThrow("Methods are direct, sortingDirect, nextReaction");
});

test("an ensemble says which method ran, and chooses one for a large network by itself", async () => {
  const large = Array.from({ length: 900 }, (_, i) => `S${i} -> S${(i + 1) % 900} @ 1`).join("\n");
  const run = (text: string) => simulateEnsemble(parseNetwork(text), { times: [0.1], runs: 2, seed: 1 });
  expect(await run("A -> 0 @ 1\nA = 3")).toMatchObject({
    method: "direct",
    backendReason: "generic: about 6e-1 events, fewer than 1e+5",
  });
  expect(await run("A -> 0 @ 1e6\nA = 30000\n0 -> B @ 1e4*B0\nB0 = 1")).toMatchObject({
    backend: "wasm",
    backendReason: "wasm: about 6e+9 events",
  });
  expect(await run(`${large}\nS0 = 30`)).toMatchObject({
    method: "compositionRejection",
    methodReason: "compositionRejection: 900 reactions of mass action",
  });
  // Laws of time and events keep their method for other threads too.
  const timed = parseNetwork("0 -> A @ = 1 + sin(time)\nevent: when A > 3; set A = 0");
  const options = { times: [1, 4], runs: 40, seed: "m", method: simulationMethod("nextReaction") };
  const here = await simulateEnsemble(timed, options);
  expect(here.method).toBe("nextReaction");
  expect(here.backend).toBe("generic");
  expect([...(await simulateEnsemble(timed, { ...options, workers: 2 })).mean]).toEqual([...here.mean]);
});
