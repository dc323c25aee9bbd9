/** `npm run bench`: every benchmark against a baseline interleaved in the same run, as one table; `-- --json FILE` keeps it. */
import { writeFileSync } from "node:fs";
import { gradientRows } from "./gradient.ts";
import type { BenchRow } from "./interleave.ts";
import { largeBench } from "./largeSsa.ts";
import { methodRows } from "./methods.ts";
import { odeBench } from "./ode.ts";
import { simulationRows } from "./simulation.ts";
import { ssaBench } from "./ssa.ts";
import { startRows } from "./startToResult.ts";

const rows: object[] = [];
const line = (name: string, value: number, unit: string, ratio: number): void =>
  console.log(`  ${name.padEnd(36)} ${value.toFixed(2).padStart(10)} ${unit}   ${ratio.toFixed(3).padStart(7)}×`);

for (const bench of [simulationRows, startRows, gradientRows]) {
  const part: BenchRow[] = await bench();
  rows.push(...part);
  console.log(`\n${part[0].group}`);
  for (const { name, seconds, ratio } of part) line(name, 1000 * seconds, "ms", ratio);
}
for (const part of await methodRows()) {
  rows.push(...part);
  console.log(`\n${part[0].group}`);
  for (const { name, seconds, ratio } of part) line(name, 1000 * seconds, "ms", ratio);
}
console.log("\nexact stochastic simulation, ns an event, ratio to the best scalar C++ of the model");
rows.push(...(await ssaBench({ onRow: ({ name, nsPerEvent, ratio }) => line(name, nsPerEvent, "ns", ratio) })));

console.log("\nlarge networks, ns an event, ratio to composition–rejection in C++");
for (const row of largeBench()) {
  rows.push(row);
  line(row.name, row.nsPerEvent, "ns", row.ratio);
}

const showOde = (part: readonly BenchRow[]): void => {
  console.log(`\n${part[0].group}`);
  for (const { name, seconds, ratio } of part) line(name, 1e6 * seconds, "µs", ratio);
};
rows.push(...odeBench(showOde));

const json = process.argv.indexOf("--json");
const file = process.argv[json + 1];
if (json > 0 && file !== undefined) writeFileSync(file, `${JSON.stringify(rows, null, 1)}\n`);
