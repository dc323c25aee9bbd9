import { SourceError } from "@dbd/numerics/errors";
import { exp, log } from "@dbd/numerics/special";
import type { Experiment } from "./document.ts";

/** Where the experiment is observed. */
export interface TimeGrid {
  /** Strictly increasing, shape [T]; the model starts at times[0], the data at time 0. */
  readonly times: Float64Array;
  /** What the action integrates over. */
  readonly measure: "time" | "logTime";
}

/**
 * The times of an experiment.
 * @throws SourceError when they do not increase, or a log grid does not start above zero.
 */
export function timeGrid(experiment: Experiment): TimeGrid {
  const { times: input } = experiment.input;
  const refuse = (path: readonly PropertyKey[], problem: string, hint: string): never => {
    throw new SourceError(experiment.place(path), problem, { hint });
  };
  if (!("steps" in input)) {
    const times = Float64Array.from(input);
    const wrong = times.findIndex((t, i) => i > 0 && !(t > times[i - 1]));
    if (wrong > 0)
      refuse(
        ["times", wrong],
        `found ${times[wrong]} after ${times[wrong - 1]}; expected times that increase strictly`,
        "Sort them and leave out repetitions",
      );
    return { times, measure: "time" };
  }
  const { start, end, steps, scale } = input;
  if (!(end > start))
    refuse(["times", "end"], `found ${end}; expected a time after the start ${start}`, "Raise end, or lower start");
  if (scale === "log" && start === 0)
    refuse(
      ["times"],
      "found a log scale that starts at 0; expected a start above 0",
      "Give times.start, for example 0.02; the model starts there from the projection of the data",
    );
  const ratio = scale === "log" ? log(end / start) : 0;
  const times = Float64Array.from({ length: steps + 1 }, (_, i) => {
    if (i === 0) return start;
    if (i === steps) return end;
    return scale === "log" ? start * exp((ratio * i) / steps) : start + ((end - start) * i) / steps;
  });
  const measure = (input.measure ?? (scale === "log" ? "log-time" : "time")) === "time" ? "time" : "logTime";
  if (measure === "logTime" && start === 0)
    refuse(
      ["times", "measure"],
      "found log-time with a grid that starts at 0; expected a start above 0",
      "Use measure: time",
    );
  return { times, measure };
}
