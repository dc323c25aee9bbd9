import { expect, test } from "vitest";
import { compile } from "../compile.ts";
import { parseNetwork } from "../parse.ts";
import { chooseMethod } from "./choose.ts";

const chain = (size: number): string =>
  Array.from({ length: size }, (_, i) => `S${i} -> S${(i + 1) % size} @ 1`).join("\n");
const choiceOf = (text: string): { name: string; reason: string } => {
  const { method, reason } = chooseMethod(compile(parseNetwork(text)));
  return { name: method.name, reason };
};

test("the method follows the size of the network and the reach of its reactions", () => {
  expect(choiceOf("A -> 0 @ 1")).toEqual({ name: "direct", reason: "direct: 1 reactions, at most 400" });
  expect(choiceOf(chain(401))).toEqual({
    name: "compositionRejection",
    reason: "compositionRejection: 401 reactions of mass action",
  });
  const law = "A -> 0 @ = A/(1 + A)";
  expect(choiceOf(`${chain(401)}\n${law}`).reason).toBe(
    "nextReaction: 402 reactions, and an event changes 2.0 propensities on average",
  );
  const hub = Array.from({ length: 900 }, (_, i) => `E + S${i} -> S${i + 1} @ 1`).join("\n");
  expect(choiceOf(`${hub}\n${law}`)).toMatchObject({ name: "compositionRejection" });
});

test("a network of 25,000 reactions compiles to what its reactions say, names such as __proto__ included", () => {
  const size = 25_000;
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
  const name = (i: number): string => names[i] ?? `S${i}`;
  const text = Array.from({ length: size }, (_, i) => `r${i}: ${name(i)} -> 2 ${name((i + 7) % size)} @ k${i % 10}`);
  const parameters = Array.from({ length: 10 }, (_, i) => `k${i} = ${i + 1}`);
  const net = compile(parseNetwork([...text, ...parameters, "__proto__ = 5"].join("\n")));
  expect(net.network.species.length).toBe(size);
  expect(net.network.initial[net.network.species.indexOf("__proto__")]).toBe(5);
  expect([...net.rate.subarray(0, 12)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2]);
  expect(net.changeSpecies.length).toBe(2 * size);
  for (const r of [0, 3, 24_999]) {
    const dependents = net.dependent.subarray(net.dependentStart[r], net.dependentStart[r + 1]);
    expect([...dependents]).toEqual([r, (r + 7) % size].sort((a, b) => a - b));
  }
});
