import { bestOf, type Comparison, type ComparisonRow, judged, worstScore } from "@dbd/experiment";
import { type ComparedData, comparisonFigures, reportPage, type ReportSection } from "@dbd/figures";
import { short } from "./table.ts";

const percent = (x: number): string => (Number.isNaN(x) ? "–" : `${short(100 * x)} %`);

export const leaderboardHeader: readonly string[] = [
  "method",
  "kind",
  "coefficients",
  "meanError",
  "varianceError",
  "kl",
  "floor",
  "verdict",
  "seconds",
];

/** The floor of a row's family at the end, the largest of the judged starts. */
function floorOf({ floor }: ComparisonRow, { starts, times }: Comparison): number {
  const T = times.data.length;
  return Math.max(...judged(starts).map((a) => floor.data[(a + 1) * T - 1] ?? Number.NaN));
}

/** One line for each method: errors are the worst over the judged starts, KL and floor those of the last time. */
export function leaderboardRows(comparison: Comparison): (string | number)[][] {
  return comparison.rows.map((row) => {
    const { meanError, varianceError, kl } = worstScore(row, comparison.starts);
    return [
      row.method,
      row.kind,
      row.coefficients,
      meanError,
      varianceError,
      kl,
      floorOf(row, comparison),
      row.verdict,
      row.seconds,
    ];
  });
}

/** The table for people, errors in per cent. */
export function leaderboardShown(comparison: Comparison): { header: string[]; rows: (string | number)[][] } {
  return {
    header: ["method", "fitted", "mean error %", "variance error %", "KL at end", "floor", "verdict", "s"],
    rows: leaderboardRows(comparison).map(([method, , fitted, mean, variance, kl, floor, verdict, seconds]) => [
      method ?? "",
      fitted ?? 0,
      100 * Number(mean),
      100 * Number(variance),
      kl ?? Number.NaN,
      floor ?? Number.NaN,
      cut(String(verdict)),
      seconds ?? Number.NaN,
    ]),
  };
}

const cut = (verdict: string): string => (verdict.length > 72 ? `${verdict.slice(0, 71)}…` : verdict);

/** The table as Markdown. */
export function leaderboardMarkdown(comparison: Comparison): string {
  const { header, rows } = leaderboardShown(comparison);
  const line = (cells: readonly (string | number)[]): string =>
    `| ${cells.map((cell) => (typeof cell === "number" ? short(cell) : cell.replaceAll("|", "\\|"))).join(" | ")} |`;
  return `# ${comparison.title}\n\n${startsSentence(comparison)}\n\n${[line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n")}\n\n${[...findings(comparison), ...replacementSentence(comparison)].join("\n\n")}\n`;
}

/** Which starts judge: it is said wherever the table is. */
export function startsSentence({ starts, truth }: Comparison): string {
  const names = (role: "training" | "heldOut"): string =>
    starts.flatMap((s) => (s.role === role ? [s.label] : [])).join("; ");
  const training = names("training");
  const held = names("heldOut");
  return held === ""
    ? `A fit, not a prediction: no start was held out. Starts: ${training}. Errors are the largest over all times, against ${truth}.`
    : `Held out, never seen by any fit: ${held}. Trained on: ${training}. Errors are the largest over all times from the held-out starts, against ${truth}.`;
}

function named(comparison: Comparison, row: ComparisonRow): string {
  const { meanError, varianceError } = worstScore(row, comparison.starts);
  return `${row.method} (mean ${percent(meanError)}, variance ${percent(varianceError)})`;
}

/** What the table says, in sentences: who is best, and whether a closure is the better tool. */
export function findings(comparison: Comparison): string[] {
  const closure = bestOf(comparison, ({ kind }) => kind === "closure");
  const dbd = bestOf(comparison, ({ kind }) => kind === "analytic" || kind === "learned");
  const failed = comparison.rows.filter(({ kind, verdict }) => kind === "closure" && verdict !== "ok").length;
  const closures = comparison.rows.filter(({ kind }) => kind === "closure").length;
  const worse = (row: ComparisonRow): number => {
    const { meanError, varianceError } = worstScore(row, comparison.starts);
    return Math.max(meanError, Number.isNaN(varianceError) ? meanError : varianceError);
  };
  const out: string[] = [];
  if (closure !== undefined && dbd !== undefined)
    out.push(
      worse(closure) <= worse(dbd)
        ? `A closure wins here: ${named(comparison, closure)} against ${named(comparison, dbd)}. Use the closure; it needs no data and no training.`
        : `A Boltzmann distribution wins here: ${named(comparison, dbd)} against the best closure that came through, ${named(comparison, closure)}.`,
    );
  else if (dbd !== undefined) out.push(`Best: ${named(comparison, dbd)}. No closure came through.`);
  else if (closure !== undefined)
    out.push(`A closure wins here: ${named(comparison, closure)}. No Boltzmann distribution came through.`);
  else out.push("No method came through.");
  if (failed > 0) out.push(`${failed} of ${closures} closures fail, with a verdict in the table.`);
  return out;
}

const millions = (count: number): string => (count < 1e6 ? String(count) : `${short(count / 1e6)} million`);

const speed = (ratio: number): string =>
  ratio >= 1 ? `${short(ratio)} times faster` : `simulation is quicker here, ${short(1 / ratio)} times`;

/** The reduced model in place of the simulation: how near, how much faster. */
export function replacementSentence({ replacement }: Comparison): string[] {
  if (replacement === undefined) return [];
  const { start, method, runs, events, meanGap, meanGapErrors, simulationSeconds, predictionSeconds } = replacement;
  return [
    `In place of simulation: from ${start}, the mean of "${method}" lies within ${percent(meanGap)} of that of ${runs} stochastic runs at all times (${short(meanGapErrors)} standard errors at most). The runs took ${short(simulationSeconds)} s (${millions(events)} events), one prediction ${short(1000 * predictionSeconds)} ms: ${speed(simulationSeconds / predictionSeconds)}, learning left out.`,
  ];
}

/**
 * The rows drawn over time: the best closure, or one that fails if all do, the best learned, the projected one of the same
 * family (they share a floor), and the best sequence model.
 */
function drawnRows(comparison: Comparison): number[] {
  const { rows } = comparison;
  const best = (kind: ComparisonRow["kind"], family?: string): ComparisonRow | undefined => {
    const fits = (row: ComparisonRow): boolean => row.kind === kind && (family === undefined || row.family === family);
    return bestOf(comparison, fits) ?? rows.find((row) => fits(row) && row.mean.data.some((v) => Number.isFinite(v)));
  };
  const learned = best("learned");
  const drawn = [best("closure"), best("analytic", learned?.family) ?? best("analytic"), learned, best("baseline")];
  return drawn.flatMap((row) => (row === undefined ? [] : [rows.indexOf(row)]));
}

export function comparedData(comparison: Comparison): ComparedData {
  return {
    ...comparison,
    drawn: drawnRows(comparison),
    rows: comparison.rows.map((row) => {
      const { meanError, varianceError } = worstScore(row, comparison.starts);
      return { ...row, meanError, varianceError };
    }),
  };
}

/** One page about one comparison. */
export function comparisonHtml(comparison: Comparison, document: string | undefined): string {
  const { network, family, notes, remark, starts, rows } = comparison;
  const { header, rows: table } = leaderboardShown(comparison);
  const figures = comparisonFigures(comparedData(comparison));
  const heldOut = starts.some(({ role }) => role === "heldOut");
  const each = judged(starts).map((a) => ({
    caption: `${starts[a]?.label ?? ""}, ${starts[a]?.role === "heldOut" ? "held out" : "training"}`,
    header: ["method", "mean error %", "variance error %", "KL at end", "largest KL", "verdict"],
    rows: rows.map(({ method, scores }): (string | number)[] => {
      const score = scores[a];
      if (score === undefined) return [method, "–", "–", "–", "–", "–"];
      return [method, 100 * score.meanError, 100 * score.varianceError, score.kl, score.worstKl, cut(score.verdict)];
    }),
  }));
  const sections: ReportSection[] = [
    {
      heading: "The table",
      text: [...(remark === undefined ? [] : [remark]), ...replacementSentence(comparison), ...notes],
      tables: [{ caption: startsSentence(comparison), header, rows: table }],
    },
    { heading: "The figures", text: "Over time: the best method of each kind.", figures },
    {
      heading: "The system",
      text: `Observed: ${comparison.species.join(", ")}. Family of the document: ${family}.`,
      code: network,
    },
    { heading: heldOut ? "Each held-out start" : "Each start", tables: each },
    {
      heading: "How to read it",
      text: [
        "Mean field and closures need the reactions only. Projected fields need them too, and learn nothing. Learned fields are fitted to the training starts; closure rows know the reactions and learn what the projected field lacks.",
        "KL of a closure is that of the member of the family with the closure's moments, where one exists. The floor is the KL of the best member of the row's own family (for closures: of the document's).",
        "Errors of a method that ended early are those up to its end.",
      ],
    },
    ...(document === undefined
      ? []
      : [{ heading: "The document", text: "dbd compare runs it again.", code: document.trim() }]),
  ];
  return reportPage({ title: comparison.title, lead: findings(comparison).join(" "), sections });
}
