import { integratorConformance } from "@dbd/ode/testing";
import { expect, test } from "vitest";
import { euler } from "./index.ts";

test("euler conforms", () => {
  expect(integratorConformance(euler)).toEqual([]);
});
