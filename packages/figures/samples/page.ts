import { accuracyTable, reportPage, type ReportSection, resultSections } from "../src/index.ts";
import { annihilationSample } from "./annihilation.ts";
import { birthDeathSample } from "./birthDeath.ts";

function named(section: ReportSection, system: string): ReportSection {
  return { ...section, heading: `${system}: ${section.heading}` };
}

/** A report with both samples: what the browser test and the eye look at. */
export function samplePage(): string {
  const annihilation = annihilationSample();
  return reportPage({
    title: "Sample report: annihilation and birth–death",
    lead: "The learned model stays within 0.5 % of the exact mean; its divergence is close to the floor of the family.",
    sections: [
      {
        heading: "Model",
        text: "Rates & starts < as given >.",
        code: "2 A -> 0 @ 1\nA -> 2 A @ 0.5\nA -> 0 @ 1.5\n# a long comment that has to scroll by itself on a phone: nothing on this page may make it wider",
        tables: [
          accuracyTable(
            annihilation.starts.flatMap(({ label, role }, a) =>
              ["learned", "analytic"].map((method) => ({
                method,
                start: label,
                role,
                meanError: 0.0013 * (a + 1),
                varianceError: method === "learned" ? 0.013 : NaN,
                kl: 2.4e-6 * (a + 1),
                floor: 2.2e-6,
                excess: 3e-4,
              })),
            ),
          ),
        ],
      },
      ...resultSections(annihilation).map((s) => named(s, "Annihilation")),
      ...resultSections(birthDeathSample()).map((s) => named(s, "Birth–death")),
    ],
  });
}
