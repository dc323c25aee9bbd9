import { ArgumentError } from "../errors.ts";

/**
 * Goodness of fit as a standard normal score: Pearson's χ² of observed counts against probabilities, turned normal by
 * the cube root of Wilson & Hilferty (1931, doi:10.1073/pnas.17.12.684). Neighbouring cells are joined until each is
 * expected to hold at least ten. Beyond +4.5 the law is wrong; far below −4.5 the sample is too good to be random.
 * @param probabilities - Of every cell, summing to 1.
 */
export function chiSquareScore(observed: ArrayLike<number>, probabilities: ArrayLike<number>): number {
  const cells = joined(observed, probabilities);
  if (cells.length < 2) throw new ArgumentError("chiSquareScore", "needs two cells that hold ten or more each");
  let statistic = 0;
  for (const { got, expected } of cells) statistic += (got - expected) ** 2 / expected;
  const shape = 2 / (9 * (cells.length - 1));
  return (Math.cbrt(statistic / (cells.length - 1)) - (1 - shape)) / Math.sqrt(shape);
}

interface Cell {
  got: number;
  expected: number;
}

function joined(observed: ArrayLike<number>, probabilities: ArrayLike<number>): Cell[] {
  const total = Array.from(observed).reduce((sum, count) => sum + count, 0);
  const cells: Cell[] = [];
  let open: Cell = { got: 0, expected: 0 };
  for (let i = 0; i < observed.length; i++) {
    open.got += observed[i];
    open.expected += total * probabilities[i];
    if (open.expected < 10) continue;
    cells.push(open);
    open = { got: 0, expected: 0 };
  }
  const last = cells.at(-1);
  if (last !== undefined) {
    last.got += open.got;
    last.expected += open.expected;
  }
  return cells;
}
