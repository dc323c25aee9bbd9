import { integratorConformance } from "@dbd/ode/testing";
import { expect, test } from "vitest";
import { tsit54 } from "./index.ts";

test("tsit54 conforms", () => {
  expect(integratorConformance(tsit54)).toEqual([]);
});
