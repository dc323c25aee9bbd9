import { defineConfig } from "vitest/config";

const conditions = ["@dbd/source"];

export default defineConfig({
  resolve: { conditions: [...conditions, "module", "browser", "development|production"] },
  ssr: { resolve: { conditions: [...conditions, "module", "node", "development|production"] } },
  test: {
    reporters: ["default", "./tooling/tally.ts"],
    include: ["{packages,apps}/*/src/**/*.test.ts", "tooling/**/*.test.ts"],
    exclude: ["**/*.long.test.ts", "**/node_modules/**"],
    testTimeout: 30_000,
    isolate: false, // a test leaves no global state behind; a fresh process for each file costs more than the tests
    maxWorkers: "100%", // vitest would leave one core idle
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**/*.ts"],
      exclude: ["**/*.worker.ts", "**/*.test.ts", "**/*.bench.ts"],
      reporter: ["text-summary", "json-summary"],
      thresholds: { lines: 90 },
    },
  },
});
