import type { Exponents } from "../closures/exponents.ts";
import { type FormulaNotation, joined, latexName, type Signed, summands } from "../closures/formula.ts";
import { scaledBy } from "../closures/rational.ts";
import type { LadderOperator } from "./ladder.ts";
import type { GeneratorOperators } from "./reactionOperator.ts";

const factor = (symbol: string, power: number, notation: FormulaNotation): string => {
  if (power === 0) return "";
  if (power === 1) return symbol;
  return notation === "latex" ? `{${symbol}}^{${power}}` : `${symbol}^${power}`;
};

/** a†_A^2 a_A in the chosen notation. */
function ladderText(
  creation: Exponents,
  annihilation: Exponents,
  species: readonly string[],
  notation: FormulaNotation,
): string {
  const latex = notation === "latex";
  const up = species.map((name, s) =>
    factor(latex ? `a_{${latexName(name)}}^\\dagger` : `a†_${name}`, creation[s], notation),
  );
  const down = species.map((name, s) =>
    factor(latex ? `a_{${latexName(name)}}` : `a_${name}`, annihilation[s], notation),
  );
  return [...up, ...down].filter((text) => text !== "").join(" ");
}

const beside = (coefficient: string, ladder: string): string => {
  if (ladder === "") return coefficient;
  return coefficient === "1" ? ladder : `${coefficient} ${ladder}`;
};

/**
 * An operator in normal order, such as a†_A^2 a_A - 3 a_A.
 * @param species - Names, shape [S].
 */
export function printOperator(
  operator: LadderOperator,
  species: readonly string[],
  notation: FormulaNotation = "text",
): string {
  const list = operator.map(({ creation, annihilation, coefficient }): Signed => {
    const size = String(coefficient < 0n ? -coefficient : coefficient);
    return { negative: coefficient < 0n, text: beside(size, ladderText(creation, annihilation, species, notation)) };
  });
  return joined(list) || "0";
}

/** A network's generator in normal order, reaction by reaction: H = 1/2 k a_A^2 - 1/2 k a†_A^2 a_A^2. */
export function printGenerator({ species, terms }: GeneratorOperators, notation: FormulaNotation = "text"): string {
  const list = terms.flatMap(({ constant, multiplier, operator }) =>
    operator.flatMap(({ creation, annihilation, coefficient }) =>
      summands([{ constant, multiplier: scaledBy(multiplier, coefficient) }], notation).map(
        ({ negative, text }): Signed => ({
          negative,
          text: beside(text, ladderText(creation, annihilation, species, notation)),
        }),
      ),
    ),
  );
  return `H = ${joined(list) || "0"}`;
}
