import { integratorConformance } from "@dbd/ode/testing";
import { expect, test } from "vitest";
import { rk4 } from "./index.ts";

test("rk4 conforms", () => {
  expect(integratorConformance(rk4)).toEqual([]);
});
