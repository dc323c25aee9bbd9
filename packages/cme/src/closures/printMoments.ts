import type { ClosureEquations } from "./closureEquations.ts";
import type { Exponents } from "./exponents.ts";
import { type FormulaNotation, joined, latexName, type Signed, summands } from "./formula.ts";
import type { MomentEquation, MomentEquations, MomentKind, MomentTerm } from "./hierarchy.ts";

/** A² B in the chosen notation. */
function monomial(a: Exponents, species: readonly string[], notation: FormulaNotation, kind: MomentKind): string {
  const factors = a.flatMap((power, s) => {
    if (power === 0) return [];
    const name = notation === "latex" ? latexName(species[s]) : species[s];
    const latex = notation === "latex";
    if (kind === "factorial" && power > 1) return [latex ? `(${name})_{${power}}` : `(${name})_${power}`];
    const shown = kind === "central" ? `${latex ? "\\delta " : "δ"}${name}` : name;
    if (power === 1) return [shown];
    return [latex ? `${kind === "central" ? `(${shown})` : shown}^{${power}}` : `${shown}^${power}`];
  });
  return factors.join(" ");
}

const brackets = (inside: string, notation: FormulaNotation): string =>
  notation === "latex" ? `\\langle ${inside} \\rangle` : `⟨${inside}⟩`;

/** ⟨A² B⟩; of order 1 the mean in every form. */
export function momentName(
  moment: Exponents,
  { species, kind }: Pick<MomentEquations, "species" | "kind">,
  notation: FormulaNotation = "text",
): string {
  const isMean = moment.reduce((sum, power) => sum + power, 0) === 1;
  return brackets(monomial(moment, species, notation, isMean ? "raw" : kind), notation);
}

function termOf(term: MomentTerm, equations: MomentEquations, notation: FormulaNotation): Signed[] {
  const { species } = equations;
  const means = term.means.flatMap((power, s) => {
    if (power === 0) return [];
    const mean = brackets(notation === "latex" ? latexName(species[s]) : species[s], notation);
    return [power === 1 ? mean : `${mean}^${notation === "latex" ? `{${power}}` : power}`];
  });
  const factors = [...means, ...term.moments.map((a) => momentName(a, equations, notation))].join(" ");
  const list = summands(term.parts, notation);
  if (list.length === 0) return [];
  const sum: Signed = list.length === 1 ? list[0] : { negative: false, text: "" };
  const text =
    list.length === 1 ? sum.text : notation === "latex" ? `\\left(${joined(list)}\\right)` : `(${joined(list)})`;
  if (factors === "") return list;
  return [{ negative: sum.negative, text: text === "1" ? factors : `${text} ${factors}` }];
}

function lineOf({ moment, terms }: MomentEquation, equations: MomentEquations, notation: FormulaNotation): string {
  const name = momentName(moment, equations, notation);
  const right = joined(terms.flatMap((term) => termOf(term, equations, notation))) || "0";
  if (notation === "text") return `d${name}/dt = ${right}`;
  return `\\frac{\\mathrm{d}}{\\mathrm{d}t} ${name} &= ${right}`;
}

/**
 * The equations, one a line. `text` reads d⟨A⟩/dt = -2 k ⟨A^2⟩ + 2 k ⟨A⟩; `latex` is the body of an align environment.
 * (A)_2 stands for A(A − 1), and δA for A − ⟨A⟩. Rate constants keep their names; plain numbers are multiplied out.
 */
export function printMomentEquations(equations: MomentEquations, notation: FormulaNotation = "text"): string {
  const lines = equations.equations.map((equation) => lineOf(equation, equations, notation));
  return notation === "latex" ? `${lines.join(" \\\\\n")}\n` : `${lines.join("\n")}\n`;
}

/** ⟨A^3⟩ = 3 ⟨A⟩ ⟨A^2⟩ - 2 ⟨A⟩^3: what stands for each moment above the order, one a line; in LaTeX for an align body. */
export function printClosure({ hierarchy, closed }: ClosureEquations, notation: FormulaNotation = "text"): string {
  const latex = notation === "latex";
  const lines = closed.map(({ moment, terms }) => {
    const list = terms.map(({ coefficient, factors }): Signed => {
      const size = Math.abs(coefficient);
      const powers = factors.map(({ moment: a, power }) => {
        const name = momentName(a, hierarchy, notation);
        if (power === 1) return name;
        return latex ? `${name}^{${power}}` : `${name}^${power < 0 ? `(${power})` : power}`;
      });
      const text = [...(size === 1 && powers.length > 0 ? [] : [String(size)]), ...powers].join(" ");
      return { negative: coefficient < 0, text };
    });
    return `${momentName(moment, hierarchy, notation)} ${latex ? "&=" : "="} ${joined(list)}`;
  });
  return `${lines.join(latex ? " \\\\\n" : "\n")}\n`;
}
