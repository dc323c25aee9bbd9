import { compile, type Network, parseNetwork } from "@dbd/cme";
import { expect, test } from "vitest";
import { readAntimony, writeAntimony } from "./antimony.ts";
import { writeDbd } from "./dbd.ts";
import { readNet, writeNet } from "./net.ts";
import { readSbml, writeSbml } from "./sbml.ts";

const R = 100_000;
/** A ring of as many species as reactions. */
const ring: Network = {
  species: Array.from({ length: R }, (_, s) => `A${s}`),
  initial: Array.from({ length: R }, () => 1),
  parameters: new Map([["k", 2]]),
  reactions: Array.from({ length: R }, (_, r) => ({
    reactants: [{ species: r, order: 1 }],
    products: [{ species: (r + 1) % R, order: 1 }],
    rate: { kind: "massAction", constant: { kind: "symbol", name: "k" } },
  })),
};

// Each reader is one pass over the text: nothing that looks at all reactions for each would end in this time.
test.each<[string, (network: Network) => string, (text: string) => Network]>([
  ["SBML", writeSbml, (text) => readSbml(text)],
  [".net", writeNet, (text) => readNet(text)],
  ["Antimony", writeAntimony, (text) => readAntimony(text)],
  ["our text", writeDbd, (text) => parseNetwork(text)],
])("a hundred thousand reactions go through %s", { timeout: 120_000 }, (_, write, read) => {
  const compiled = compile(read(write(ring)));
  expect(compiled.rate).toEqual(new Float64Array(R).fill(2));
  expect(compiled.dependent).toHaveLength(2 * R);
});
