import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { experimentSchema } from "./schema.ts";

test("the published JSON schema is the one that documents are checked with", () => {
  const file = new URL("../experiment.schema.json", import.meta.url);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(JSON.stringify(experimentSchema)));
});
