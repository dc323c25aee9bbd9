/** One line of the table: a job, its median time, and its ratio to the baseline of its group (ratios are medians of pairs). */
export interface BenchRow {
  readonly group: string;
  readonly name: string;
  readonly seconds: number;
  /** Median over rounds of this job's time over the baseline's in the same round; below 1 is faster. */
  readonly ratio: number;
}

const median = (values: number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

/**
 * Times jobs in turn, A B C A B C …, so that a drifting machine meets all of them alike. The first is the baseline.
 * Each job returns a check value; the bench throws when it is not the one expected.
 */
export async function interleave(
  group: string,
  jobs: readonly {
    readonly name: string;
    readonly run: () => number | Promise<number>;
    readonly ok: (value: number) => boolean;
  }[],
  rounds: number = 7,
): Promise<BenchRow[]> {
  const times = jobs.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [j, job] of jobs.entries()) {
      const start = performance.now();
      const value = await job.run();
      const seconds = (performance.now() - start) / 1000;
      if (!job.ok(value)) throw new Error(`${group}, ${job.name}: wrong result ${value}`);
      if (round > 0) times[j].push(seconds); // the first round warms up
    }
  }
  return jobs.map(({ name }, j) => ({
    group,
    name,
    seconds: median(times[j]),
    ratio: median(times[j].map((t, r) => t / times[0][r])),
  }));
}
