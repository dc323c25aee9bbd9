import { call, commonFunctions, type Dialect } from "../model/infix.ts";

/** Functions of Antimony's formulas beside the common ones. */
export const functions: Dialect["functions"] = new Map([
  ...commonFunctions,
  ["piecewise", (args) => (args.length > 0 ? call("piecewise", ...args) : undefined)],
  ["root", (args) => (args.length === 1 ? call("sqrt", args[0]) : undefined)],
  ["ceiling", (args) => (args.length === 1 ? call("ceil", args[0]) : undefined)],
]);

/** Names with a value of their own. */
export const constants: ReadonlyMap<string, number> = new Map([
  ["pi", Math.PI],
  ["exponentiale", Math.E],
  ["avogadro", 6.02214179e23],
  ["true", 1],
  ["false", 0],
]);
