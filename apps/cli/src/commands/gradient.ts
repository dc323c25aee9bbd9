import { checkGradient } from "@dbd/experiment";
import { checkTargets, deliver } from "../deliver.ts";
import { experimentFile } from "../experimentFile.ts";
import { Exit, interrupted } from "../failure.ts";
import type { Io } from "../io.ts";
import { progressView } from "../progress.ts";
import { short } from "../table.ts";
import { type LearnCommandOptions, settings } from "./learn.ts";

export async function gradientCommand(io: Io, file: string, options: LearnCommandOptions): Promise<void> {
  const { experiment, network, name } = await experimentFile(io, file, settings(options));
  checkTargets(io, options);
  const view = progressView(io, options.quiet);
  const check = await checkGradient(experiment, network, {
    workers: options.workers,
    signal: io.signal,
    onProgress: (p) => view.report(p),
  }).finally(view.end);
  if (check === undefined) throw interrupted("interrupted");
  const { rows, verdict, passed, objective, norm, draws, randomShare, substeps } = check;
  const share =
    randomShare === 1 ? "" : `, ${short(100 * randomShare)} % random (purely random ones have no trajectories)`;
  deliver(io, options, {
    lines: [
      `Taylor test of ∂S/∂u of ${name} at a random u, seed ${experiment.input.seed}, draw ${draws}${share}`,
      `|u| = ${norm} (that of the learned coefficients), S = ${objective}, ${substeps} step${substeps > 1 ? "s" : ""} between two times`,
    ],
    header: ["h", "remainder0", "remainder1", "slope"],
    rows: rows.map((r) => [r.h, r.remainder0, r.remainder1, r.slope]),
    shownHeader: ["h", "|S(u+hd)-S(u)|", "minus h g·d", "slope", ""],
    shownRows: rows.map((r) => [
      r.h,
      r.remainder0,
      r.remainder1,
      r.slope,
      r.judged ? "judged" : r.crosses ? "crosses a node" : "",
    ]),
    footer: [`${passed ? "passed" : "FAILED"}: ${verdict}`],
    json: {
      command: "gradient",
      name,
      seed: experiment.input.seed,
      passed,
      verdict,
      objective,
      norm,
      draws,
      randomShare,
      substeps,
      rows,
    },
  });
  if (!passed) throw new Exit(1, options.csv === "-" || options.json === "-" ? `gradient ${name}: ${verdict}` : "");
}
