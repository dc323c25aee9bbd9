/** Where a kernel keeps what in its memory, in bytes. Entries of lane l stand 8·l further. */
export interface Layout {
  readonly lanes: number;
  /** T and the address of the times (i32 each). */
  readonly rows: number;
  readonly timesAt: number;
  /** Copy numbers, f64 [S, lanes]. */
  readonly x: number;
  /** Time of the next event, f64 [lanes]. */
  readonly t: number;
  /** Next time to record, f64 [lanes]. */
  readonly next: number;
  /** Index of that time, i32 in 8 bytes each. */
  readonly row: number;
  /** Address of that row's output, i32 in 8 bytes each. */
  readonly out: number;
  /** Generator states: word w of lane l at 16·(w·⌈lanes/4⌉ + ⌊l/4⌋) + 4·(l mod 4). */
  readonly random: number;
  /** Exponential variate of the next event's waiting time, f64 [lanes]. */
  readonly wait: number;
  /** Eight times the ziggurat's layer that variate was drawn from, i32 [lanes]. */
  readonly layer: number;
  /** The ziggurat's edges and heights, f64 [257] each. */
  readonly edges: number;
  readonly heights: number;
  /** Constants, twice each. */
  readonly constants: number;
}

export function layoutOf(species: number, lanes: number): Layout {
  const align = (bytes: number): number => Math.ceil(bytes / 16) * 16;
  const width = align(8 * lanes);
  const x = 16;
  const t = x + align(8 * species * lanes);
  const next = t + width;
  const row = next + width;
  const out = row + width;
  const random = out + width;
  const wait = random + 64 * Math.ceil(lanes / 4);
  const layer = wait + width;
  const edges = layer + align(4 * lanes);
  const heights = edges + align(8 * 257);
  const constants = heights + align(8 * 257);
  return { lanes, rows: 0, timesAt: 4, x, t, next, row, out, random, wait, layer, edges, heights, constants };
}
