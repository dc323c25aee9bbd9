import { compile } from "@dbd/cme";
import { SourceError } from "@dbd/numerics/errors";
import { expect, test } from "vitest";
import { readNet } from "./net.ts";
import { readSbml, writeSbml } from "./sbml.ts";

const chain = (R: number): string => {
  const lines = Array.from({ length: R }, (_, r) => r + 1);
  return `begin parameters\n1 k 2\nend parameters\nbegin species\n${lines.map((r) => `${r} A${r}() 1`).join("\n")}
end species\nbegin reactions\n${lines.map((r) => `${r} ${r} ${(r % R) + 1} k`).join("\n")}\nend reactions\n`;
};

// A hundred thousand are in models.long.test.ts; what grows with the square of the size would show here too.
test("many reactions are read, and a fault behind them is found with its line", () => {
  const text = chain(4000);
  expect(readNet(text, { file: "large.net" }).reactions).toHaveLength(4000);
  const bad = text.replace("\n3999 3999 4000 k", "\n3999 3999 4000 kk");
  expect(() => readNet(bad, { file: "large.net" })).toThrow('large.net:8005:16: "kk" is not declared');
  const sbml = writeSbml(readNet(chain(500)));
  expect(compile(readSbml(sbml, { file: "large.xml" })).rate).toHaveLength(500);
  expect(() => readSbml(sbml.slice(0, -40), { file: "large.xml" })).toThrow(SourceError);
});
