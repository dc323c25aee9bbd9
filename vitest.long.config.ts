import { mergeConfig } from "vitest/config";
import base from "./vitest.config.ts";

/** Long statistics, kept out of `npm test`: files named `x.long.test.ts`. */
const config = mergeConfig(base, { test: { testTimeout: 600_000, coverage: { enabled: false } } });
config.test.include = ["{packages,apps}/*/src/**/*.long.test.ts"];
config.test.exclude = ["**/node_modules/**"];
export default config;
