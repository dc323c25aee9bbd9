import { ArgumentError } from "@dbd/numerics/errors";

/** How often each copy number of one species was seen at each time. */
export interface Histogram {
  readonly species: string;
  /** N: one more than the largest count seen. */
  readonly size: number;
  /** Runs in state n at time t, shape [T, N]. */
  readonly counts: Float64Array;
}

const largestSize = 5_000_000;

const lastFilled = (table: Float64Array): number => table.findLastIndex((count) => count > 0);

/** Grows with what it sees: one table per time. Adding is exact, so the order does not matter. */
export class HistogramBuilder {
  private readonly species: string;
  private readonly tables: Float64Array[];

  constructor(species: string, times: number) {
    this.species = species;
    this.tables = Array.from({ length: times }, () => new Float64Array(0));
  }

  add(time: number, n: number): void {
    let table = this.tables[time];
    if (n >= table.length) {
      if (n >= largestSize) {
        throw new ArgumentError("histogram", `${this.species} reaches ${n}, too many copies for a histogram`, {
          hint: "Ask for moments only",
        });
      }
      const longer = new Float64Array(Math.max(n + 1, Math.min(2 * table.length, largestSize)));
      longer.set(table);
      this.tables[time] = table = longer;
    }
    table[n]++;
  }

  /** Its tables by time, to go on from later. */
  save(): readonly Float64Array[] {
    return this.tables.map((table) => table.slice(0, lastFilled(table) + 1));
  }

  restore(tables: readonly Float64Array[]): void {
    for (const [t, table] of tables.entries()) this.tables[t] = table.slice();
  }

  build(): Histogram {
    const size = Math.max(1, ...this.tables.map((table) => lastFilled(table) + 1));
    const counts = new Float64Array(size * this.tables.length);
    for (const [t, table] of this.tables.entries()) counts.set(table.subarray(0, size), t * size);
    return { species: this.species, size, counts };
  }
}

/** Means of statistics of one species' copy number at each time, with their standard errors. */
export interface StatisticMoments {
  /** Shape [T, P]. */
  readonly mean: Float64Array;
  /** Sample standard deviation over √runs, shape [T, P]; NaN below two runs. */
  readonly standardError: Float64Array;
}

/**
 * Averages P statistics φ(n) over a histogram, such as φ_k(n) = C(n, k).
 * @param statistics - Writes φ_0(n) … φ_{P−1}(n) into `out`.
 */
export function statisticMoments(
  histogram: Histogram,
  size: number,
  statistics: (n: number, out: Float64Array) => void,
): StatisticMoments {
  const rows = histogram.counts.length / histogram.size;
  const mean = new Float64Array(rows * size);
  const squares = new Float64Array(rows * size);
  const phi = new Float64Array(size);
  const runs = histogram.counts.subarray(0, histogram.size).reduce((sum, count) => sum + count, 0);
  const each = (visit: (t: number, count: number) => void): void => {
    for (let n = 0; n < histogram.size; n++) {
      statistics(n, phi);
      for (let t = 0; t < rows; t++) {
        const count = histogram.counts[t * histogram.size + n];
        if (count > 0) visit(t, count);
      }
    }
  };
  each((t, count) => {
    for (let k = 0; k < size; k++) mean[t * size + k] += (count / runs) * phi[k];
  });
  each((t, count) => {
    for (let k = 0; k < size; k++) squares[t * size + k] += count * (phi[k] - mean[t * size + k]) ** 2;
  });
  return { mean, standardError: squares.map((sum) => (runs < 2 ? Number.NaN : Math.sqrt(sum / (runs - 1) / runs))) };
}
