import { defineConfig } from "vitest/config";
import base from "./vitest.config.ts";

/** Long statistics, kept out of `npm test`: files named `x.long.test.ts`. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    testTimeout: 600_000,
    coverage: { enabled: false },
    include: ["{packages,apps}/*/src/**/*.long.test.ts"],
    exclude: ["**/node_modules/**"],
    passWithNoTests: true,
  },
});
