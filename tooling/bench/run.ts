/** `npm run bench`: every benchmark against a baseline interleaved in the same run, as one table; `-- --json FILE` keeps it. */
import { writeFileSync } from "node:fs";
import { gradientRows } from "./gradient.ts";
import type { BenchRow } from "./interleave.ts";
import { simulationRows } from "./simulation.ts";

const rows: BenchRow[] = [];
for (const bench of [simulationRows, gradientRows]) {
  const part = await bench();
  rows.push(...part);
  console.log(`\n${part[0].group}`);
  for (const { name, seconds, ratio } of part) {
    console.log(
      `  ${name.padEnd(28)} ${(1000 * seconds).toFixed(2).padStart(10)} ms   ${ratio.toFixed(3).padStart(7)}×`,
    );
  }
}
const json = process.argv.indexOf("--json");
const file = process.argv[json + 1];
if (json > 0 && file !== undefined) writeFileSync(file, `${JSON.stringify(rows, null, 1)}\n`);
