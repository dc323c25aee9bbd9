import { extent, type FigureData, type Point } from "./data.ts";
import { drawFrame, type FigureOptions } from "./frame.ts";
import { curve, legends, openMarkers, pick, thinned } from "./marks.ts";
import { checkShapes } from "./shapes.ts";
import { formatNumber } from "./text.ts";

/**
 * The objective by iteration on a log axis. Values that are not positive are left out, and said so.
 * @returns undefined when `objective` is missing
 */
export function objectiveFigure(data: FigureData, options: FigureOptions = {}): string | undefined {
  checkShapes("objectiveFigure", data, options.width);
  const { objective } = data.arrays;
  if (objective === undefined) return undefined;
  const list = Array.from(objective.data, (s, i): Point => [i, s > 0 ? s : NaN]);
  const y = extent(list.map(([, s]) => s));
  const left = list.filter(([, s]) => !Number.isFinite(s)).length;
  const last = list.length - 1;
  const ends = `from ${formatNumber(objective.data[0] ?? NaN)} to ${formatNumber(objective.data[last] ?? NaN)}`;
  const note = y === undefined || left === 0 ? {} : { note: `${left} values not positive, left out` };
  return drawFrame(
    {
      name: "objective",
      title: "Objective by iteration",
      ...note,
      description: `The objective goes ${ends} in ${Math.max(0, last)} iterations.`,
      legend: [{ ...legends.learnedLine, label: "objective S, all training starts" }],
      panels: [
        {
          yName: "S, nats × time (log scale)",
          xName: "iteration",
          x: { type: "linear", min: 0, max: Math.max(1, last) },
          y: { type: "log", min: y?.[0] ?? 0.1, max: y?.[1] ?? 1 },
          ...(y === undefined ? { message: "No positive value of the objective to draw." } : {}),
          marks: (g) => [
            curve(list, legends.learnedLine),
            openMarkers(pick(list, thinned(list, g.x.place, 12)), legends.learnedLine),
          ],
        },
      ],
      columns: 1,
      height: 300,
    },
    options,
  );
}
