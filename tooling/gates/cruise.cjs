// The rules are generated from tooling/layers.json; tsx lets dependency-cruiser's CommonJS config read the one source.
require("tsx/cjs");
const { cruiserRules, readLayers } = require("./layers.ts");
module.exports = {
  ...cruiserRules(readLayers(process.cwd())),
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|node_modules|\\.fences)/" },
    tsPreCompilationDeps: true,
    parser: "swc",
    enhancedResolveOptions: { conditionNames: ["@dbd/source", "import", "types", "default"], exportsFields: ["exports"] },
  },
};
