import { integratorConformance } from "@dbd/ode/testing";
import { expect, test } from "vitest";
import { heun } from "./index.ts";

test("heun conforms", () => {
  expect(integratorConformance(heun)).toEqual([]);
});
