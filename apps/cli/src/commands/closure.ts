import {
  type Closure,
  derivativeMatchingClosure,
  logNormalClosure,
  normalClosure,
  poissonClosure,
  solveClosure,
  zeroClosure,
} from "@dbd/cme";
import { NumericalError } from "@dbd/numerics/errors";
import type { ClosureName } from "../closureNames.ts";
import { checkTargets, deliver } from "../deliver.ts";
import { openFolder, userPath } from "../files.ts";
import type { Io } from "../io.ts";
import { writeResult } from "../manifest.ts";
import { modelFile } from "../modelFile.ts";
import { chosenNames, momentTable } from "../momentTable.ts";
import type { CommonOptions } from "../options.ts";
import { csvText } from "../table.ts";
import { type GridOptions, timesOf } from "../timeGrid.ts";

const closures: Readonly<Record<ClosureName, Closure>> = {
  normal: normalClosure,
  "log-normal": logNormalClosure,
  poisson: poissonClosure,
  zero: zeroClosure,
  "derivative-matching": derivativeMatchingClosure,
};

export interface ClosureCommandOptions extends CommonOptions, GridOptions {
  readonly closure: ClosureName;
  readonly order: number;
  readonly vars?: readonly string[];
}

/** Rows end where the closure does; what became of it is the verdict, which is an answer and no failure. */
export async function closureCommand(io: Io, model: string, options: ClosureCommandOptions): Promise<void> {
  const { closure, order } = options;
  const network = await modelFile(io, model);
  const times = timesOf(io, options);
  const species = chosenNames("--vars", options.vars, network.species);
  checkTargets(io, options);
  const folder = options.out === undefined ? undefined : userPath(options.out, io);
  if (folder !== undefined) openFolder(folder, options);
  const begun = performance.now();
  const solution = solveClosure(network, {
    closure: closures[closure],
    order,
    times,
    integration: { signal: io.signal },
  });
  const { verdict, reason } = solution;
  if (verdict === "budget" || verdict === "aborted") throw new NumericalError("closure", reason);
  const seconds = (performance.now() - begun) / 1000;
  const { header, rows, shownRows } = momentTable(solution.times, species, solution);
  if (folder !== undefined)
    writeResult(folder, new Map([["moments.csv", csvText(header, rows)]]), {
      command: "closure",
      input: { model, times: [...times], closure, order },
      seed: "none",
      method: { name: `${closure} closure of order ${order}`, why: "asked for" },
      backend: { name: "generic", why: "the only back end of moment equations" },
      events: 0,
      workers: 1,
      seconds,
    });
  const { ended, negativeVariance } = solution;
  deliver(io, options, {
    lines: [`${closure} closure of order ${order} of ${model}: ${verdict}${verdict === "ok" ? "" : `, ${reason}`}`],
    header,
    rows,
    shownRows,
    footer: options.out === undefined ? [] : [`result: ${options.out}`],
    json: {
      command: "closure",
      model,
      closure,
      order,
      verdict,
      reason,
      ended,
      negativeVariance,
      columns: header,
      rows,
    },
  });
}
