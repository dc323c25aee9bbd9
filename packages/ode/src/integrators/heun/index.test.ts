import { expect, test } from "vitest";
import { integratorConformance } from "../../testing.ts";
import { heun } from "./index.ts";

test("heun conforms", () => {
  expect(integratorConformance(heun)).toEqual([]);
});
