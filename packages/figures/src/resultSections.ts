import { cloudFigure } from "./cloud.ts";
import { extent, type FigureData } from "./data.ts";
import { distributionsFigure } from "./distributions.ts";
import { divergenceFigure } from "./divergence.ts";
import { fieldFigure } from "./field.ts";
import type { FigureOptions } from "./frame.ts";
import { momentsFigure } from "./moments.ts";
import { objectiveFigure } from "./objective.ts";
import { awakeAsleepFigure, interactionsFigure, pathFieldFigure } from "./paths.ts";
import type { ReportFigure, ReportSection, ReportTable } from "./reportPage.ts";
import { responseFigure } from "./response.ts";

/** One figure of a result: a file name without extension and the SVG text. */
export interface NamedFigure {
  readonly name: string;
  readonly svg: string;
}

/** Width at which a figure is drawn for phones. */
const phoneWidth = 340;

type Draw = (data: FigureData, options: FigureOptions) => string | undefined;
type Entry = readonly [name: string, draw: Draw];

function distributionEntries(data: FigureData): Entry[] {
  const heldOut = data.starts.findIndex((start) => start.role === "heldOut");
  const starts = data.starts.length === 0 ? [] : heldOut > 0 ? [0, heldOut] : [0];
  return starts.map((start) => [`distributions-${start}`, (d, o) => distributionsFigure(d, { ...o, start })]);
}

/** Every section of a report on a result, in reading order, with its figures. */
function outline(data: FigureData): { heading: string; text: string; entries: Entry[] }[] {
  return [
    {
      heading: "Moments",
      text: "The truth against the learned model: mean and standard deviation, and the averages that the learning compares.",
      entries: [
        ["moments", momentsFigure],
        ["awake-asleep", awakeAsleepFigure],
        ["cloud", cloudFigure],
      ],
    },
    { heading: "Distributions", text: "Whole distributions at single times.", entries: distributionEntries(data) },
    {
      heading: "Divergence and interactions",
      text: "No member of the family comes closer to the truth than the floor. The interactions ν are the reduced state.",
      entries: [
        ["divergence", divergenceFigure],
        ["interactions", interactionsFigure],
      ],
    },
    {
      heading: "Learned F",
      text: "The right-hand side of dν/dt that was learned, where it was visited, against the analytic one.",
      entries: [
        ["field", fieldFigure],
        ["path-field", pathFieldFigure],
      ],
    },
    {
      heading: "Learning",
      text: "How a change of F at one time acts on ν later, and how the objective fell.",
      entries: [
        ["response", responseFigure],
        ["objective", objectiveFigure],
      ],
    },
  ];
}

/** Every figure that a result has arrays for, in reading order: one SVG file each. */
export function resultFigures(data: FigureData, options: FigureOptions = {}): NamedFigure[] {
  return outline(data).flatMap(({ entries }) =>
    entries.flatMap(([name, draw]) => {
      const svg = draw(data, options);
      return svg === undefined ? [] : [{ name, svg }];
    }),
  );
}

/** The same figures as sections of a report, each drawn for wide pages and for phones. Sections without figures are left out. */
export function resultSections(data: FigureData): ReportSection[] {
  return outline(data).flatMap(({ heading, text, entries }): ReportSection[] => {
    const figures = entries.flatMap(([, draw]): ReportFigure[] => {
      const wide = draw(data, {});
      const narrow = draw(data, { width: phoneWidth });
      return wide === undefined || narrow === undefined ? [] : [{ wide, narrow }];
    });
    return figures.length === 0 ? [] : [{ heading, text, figures }];
  });
}

/** One line of the accuracy table of a result. Errors are relative, KL in nats. */
export interface AccuracyLine {
  readonly method: string;
  readonly start: string;
  readonly role: "training" | "heldOut";
  readonly meanError: number;
  readonly varianceError: number;
  readonly kl: number;
  readonly floor: number;
  readonly excess: number;
}

const header = [
  "method",
  "start",
  "role",
  "mean error, %",
  "variance error, %",
  "KL at the end",
  "floor at the end",
  "max KL − floor",
];

/** The accuracy of a result as a table; above `limit` lines (default 12) each method and role is one line, the worst of its starts. */
export function accuracyTable(lines: readonly AccuracyLine[], limit = 12): ReportTable {
  const shown = lines.length > limit ? worstOfEach(lines) : lines;
  return {
    caption: "Accuracy: relative errors are the largest over all times; KL in nats.",
    header,
    rows: shown.map((line) => [
      line.method,
      line.start,
      line.role === "heldOut" ? "held out" : "training",
      100 * line.meanError,
      100 * line.varianceError,
      line.kl,
      line.floor,
      line.excess,
    ]),
  };
}

function worstOfEach(lines: readonly AccuracyLine[]): AccuracyLine[] {
  const groups = new Map<string, AccuracyLine[]>();
  for (const line of lines) {
    const key = `${line.method} ${line.role}`;
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  return [...groups.values()].flatMap((group) => {
    const worst = (of: (line: AccuracyLine) => number): number => extent(group.map(of))?.[1] ?? NaN;
    const [first] = group;
    if (first === undefined) return [];
    return [
      {
        ...first,
        start: group.length === 1 ? first.start : `worst of ${group.length}`,
        meanError: worst((l) => l.meanError),
        varianceError: worst((l) => l.varianceError),
        kl: worst((l) => l.kl),
        floor: worst((l) => l.floor),
        excess: worst((l) => l.excess),
      },
    ];
  });
}
