import { integratorConformance } from "@dbd/ode/testing";
import { expect, test } from "vitest";
import { bogackiShampine32 } from "./index.ts";

test("bogackiShampine32 conforms", () => {
  expect(integratorConformance(bogackiShampine32)).toEqual([]);
});
