import { integratorConformance } from "@dbd/ode/testing";
import { expect, test } from "vitest";
import { dormandPrince54 } from "./index.ts";

test("dormandPrince54 conforms", () => {
  expect(integratorConformance(dormandPrince54)).toEqual([]);
});
