import { expect, test } from "vitest";
import { integratorConformance } from "../../testing.ts";
import { rk4 } from "./index.ts";

test("rk4 conforms", () => {
  expect(integratorConformance(rk4)).toEqual([]);
});
