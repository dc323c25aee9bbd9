import { ArgumentError } from "@dbd/numerics/errors";

/** Copies a time grid after checking that it is finite, strictly ascending and not before the start. */
export function checkTimes(times: ArrayLike<number>, start: number, where: string): Float64Array {
  if (!Number.isFinite(start)) throw new ArgumentError(where, `start must be finite, got ${start}`);
  if (times.length === 0) throw new ArgumentError(where, "times must hold at least one time");
  const copy = Float64Array.from(times);
  for (let i = 0; i < copy.length; i++) {
    const least = i === 0 ? start : copy[i - 1];
    if (Number.isFinite(copy[i]) && (i === 0 ? copy[i] >= least : copy[i] > least)) continue;
    const wanted = i === 0 ? `at or after the start ${start}` : `after times[${i - 1}] = ${least}`;
    throw new ArgumentError(where, `times[${i}] must be finite and ${wanted}, got ${copy[i]}`);
  }
  return copy;
}
