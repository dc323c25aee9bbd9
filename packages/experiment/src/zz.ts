import { readFileSync } from "node:fs";
import { readModel } from "./model.ts";
import { readExperiment } from "./document.ts";
import { runExperiment } from "./run.ts";
const name = process.argv[2];
const dir = "apps/demos/experiments/";
const e = readExperiment(readFileSync(`${dir}${name}.yaml`, "utf8"), {
  file: name,
  env: process.env,
  set: process.argv.slice(3),
});
const m = e.model();
const net = parseNetwork(readFileSync(dir + (m as { path: string }).path, "utf8"));
console.time("run");
const r = await runExperiment(e, net);
console.timeEnd("run");
console.log(
  r.result?.accuracy
    .map(
      (a) =>
        `${a.method} ${a.start} ${a.role} ${(100 * a.meanError).toFixed(4)} ${(100 * a.varianceError).toFixed(4)} ${a.kl.toExponential(3)} ${a.floor.toExponential(3)} ${a.excess.toExponential(2)}`,
    )
    .join("\n"),
);

const A = r.result!.arrays;
console.log(A.objective?.data.join(" "));
if (A.fieldAxis1 === undefined) {
  let e = 0;
  A.fieldLearned!.data.forEach((f, i) => {
    const x = A.fieldAxis0!.data[i];
    if (x >= 0.1 && x <= 3) e = Math.max(e, Math.abs(f - A.fieldAnalytic!.data[i]));
  });
  console.log("max F error on grid", e);
  let ea = 0;
  for (let i = 0; i < 30; i++) {
    const x = 0.1 + i * 0.1;
    ea = Math.max(ea, Math.abs(A.coefficients!.data[i] - (1 - Math.exp(-x))));
  }
  console.log("nodal", ea);
}
