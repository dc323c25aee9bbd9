import type { Result } from "@dbd/experiment";
import { accuracyTable, reportPage, type ReportSection, resultSections } from "@dbd/figures";
import { short } from "./table.ts";

/** A result with what a report says about it. */
export interface ReportPart {
  readonly title: string;
  readonly result: Result;
  /** The experiment document. */
  readonly document?: string | undefined;
}

const percent = (x: number): string => `${short(100 * x)} %`;

/** The main finding in one or two sentences. */
export function finding({ result }: ReportPart): string {
  const rows = result.accuracy.filter(({ method }) => method === "learned");
  const held = rows.filter(({ role }) => role === "heldOut");
  const judged = held.length > 0 ? held : rows;
  const worst = (of: "meanError" | "varianceError" | "excess"): number => Math.max(...judged.map((row) => row[of]));
  const who =
    held.length > 0
      ? `From ${held.length === 1 ? "a start" : `${held.length} starts`} never seen in training`
      : "From the training starts";
  const variance = result.family.order > 1 ? ` and the variance within ${percent(worst("varianceError"))}` : "";
  const excess = worst("excess");
  const floor = Number.isFinite(excess) ? ` KL exceeds the family's floor by at most ${short(excess)} nats.` : "";
  return `${who}, the mean is predicted within ${percent(worst("meanError"))}${variance} at all times.${floor}`;
}

function overview(part: ReportPart): ReportSection {
  const { result } = part;
  const { family, chart, dynamics } = result;
  const text = [
    `The count of ${result.species} is described by p̃(n) = q(n)·exp(−Σ νₖ C(n,k))/Z with ${family.order} interaction${family.order > 1 ? "s" : ""} and the ${family.base} base measure. F acts on ${chart.labels.join(" and ")}: ${dynamics.kind}, learned in ${result.iterations} iterations (${result.stopped}).`,
    ...(family.order === 1 ? ["With one interaction only the mean can be matched: the variance follows from it."] : []),
    ...(result.accuracy.some(({ method }) => method === "analytic")
      ? [
          "For comparison: the analytic F projects the master equation on the family. It knows the reactions, and learns nothing.",
        ]
      : []),
    ...result.notes,
  ];
  return {
    heading: "The experiment",
    text,
    code: result.network,
    tables: [accuracyTable(result.accuracy)],
  };
}

/** How to get the same numbers again. */
function again({ document }: ReportPart): ReportSection[] {
  if (document === undefined) return [];
  const text = "Save it beside its model and run dbd learn on it: the same seed gives the same bytes.";
  return [{ heading: "The document", text, code: document.trim() }];
}

/** One self-contained page about one or several results. */
export function reportHtml(title: string, lead: string | undefined, parts: readonly ReportPart[]): string {
  const [only] = parts;
  const sections = parts.flatMap((part): ReportSection[] => {
    const own = [overview(part), ...resultSections(part.result), ...again(part)];
    if (parts.length === 1) return own;
    return own.map((section, i) => ({
      ...section,
      heading: i === 0 ? part.title : `${part.title.split(":")[0] ?? part.title}: ${section.heading}`,
      ...(i === 0 ? { text: [finding(part), ...[section.text ?? []].flat()] } : {}),
    }));
  });
  return reportPage({
    title,
    ...(lead === undefined ? (only === undefined ? {} : { lead: finding(only) }) : { lead }),
    sections,
  });
}
