import { extent, type FigureData, type Point, points, slice, spaced } from "./data.ts";
import { drawFrame, type FigureOptions } from "./frame.ts";
import type { LegendItem } from "./legend.ts";
import { curve, hairline, legends } from "./marks.ts";
import { checkShapes } from "./shapes.ts";
import { timeName, timeRange } from "./starts.ts";
import { formatNumber } from "./text.ts";

/** More runs than this are a grey block. */
const most = 80;

/**
 * Single stochastic runs as hairline steps, with the exact mean. `trajectories` is [K,T'] over `trajectoryTimes` (or `times`);
 * the mean is `trajectoryMean` or else `exactMean` of the first start. At most 80 runs are drawn.
 * @returns undefined when `trajectories` or its times are missing
 */
export function cloudFigure(data: FigureData, options: FigureOptions = {}): string | undefined {
  checkShapes("cloudFigure", data, options.width);
  const { trajectories, exactMean } = data.arrays;
  const times = (data.arrays.trajectoryTimes ?? data.arrays.times)?.data;
  if (trajectories === undefined || times === undefined) return undefined;
  const runs = trajectories.shape[0] ?? 0;
  const shown = spaced([...Array(runs).keys()], most);
  const own =
    data.arrays.trajectoryTimes === undefined && exactMean !== undefined ? slice(exactMean, [0, null]) : undefined;
  const mean = data.arrays.trajectoryMean?.data ?? own;
  const y = extent(trajectories.data, mean ?? []);
  const legend: LegendItem[] = [{ label: "single runs", token: "cloud", line: 0.75 }];
  if (mean !== undefined) legend.unshift({ ...legends.exact, label: "exact mean" });
  const range = y === undefined ? "" : ` Copies between ${formatNumber(y[0])} and ${formatNumber(y[1])}.`;
  return drawFrame(
    {
      name: "cloud",
      title: `Single runs of ${data.species}`,
      note: shown.length < runs ? `${shown.length} of ${runs} runs shown` : `${runs} runs`,
      description: `${runs} stochastic runs${mean === undefined ? "" : " with the exact mean"}.${range}`,
      legend,
      panels: [
        {
          yName: `copies of ${data.species}`,
          xName: timeName(times),
          x: timeRange(times),
          y: { type: "linear", min: Math.min(0, y?.[0] ?? 0), max: y?.[1] ?? 1 },
          ...(y === undefined ? { message: "No run to draw." } : {}),
          marks: () => [
            ...shown.map((k) => hairline(corners(points(times, slice(trajectories, [k, null]))), "cloud", 0.45, true)),
            ...(mean === undefined ? [] : [curve(points(times, mean), legends.exact)]),
          ],
        },
      ],
      columns: 1,
      height: 300,
    },
    options,
  );
}

/** The points at which a run changes, and its last: the same steps with far less text. */
function corners(run: readonly Point[]): Point[] {
  return run.filter(([, n], i) => i === 0 || i === run.length - 1 || n !== run[i - 1]?.[1]);
}
