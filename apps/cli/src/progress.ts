import type { Progress } from "@dbd/numerics/run";
import pc from "picocolors";

const seconds = (s: number): string =>
  s < 60 ? `${Math.ceil(s)} s` : `${Math.floor(s / 60)} min ${String(Math.ceil(s % 60)).padStart(2, "0")} s`;

/** One line of progress: share, rate, time left. */
export function progressLine({ done, total, label }: Progress, elapsed: number): string {
  const share = total > 0 ? done / total : 1;
  const left = done > 0 && done < total ? `, ${seconds((elapsed * (total - done)) / done)} left` : "";
  const rate = elapsed > 0 && done > 0 ? ` (${(done / elapsed).toPrecision(3)}/s${left})` : "";
  return `${label ?? ""} ${String(Math.floor(100 * share)).padStart(3)} % ${done}/${total}${rate}`;
}

/**
 * Progress on stderr for jobs over two seconds: a bar that is redrawn on a terminal, a plain line every five seconds
 * elsewhere, nothing when quiet.
 */
export function createProgress(quiet: boolean): { report: (progress: Progress) => void; end: () => void } {
  let label: string | undefined;
  let start = performance.now();
  let shown = Number.NEGATIVE_INFINITY;
  let drawn = false;
  const clear = (): void => {
    if (drawn) process.stderr.write("\r\x1b[2K");
    drawn = false;
  };
  const report = (progress: Progress): void => {
    if (quiet) return;
    const now = performance.now();
    if (progress.label !== label) [label, start, shown] = [progress.label, now, Number.NEGATIVE_INFINITY];
    const elapsed = (now - start) / 1000;
    const every = process.stderr.isTTY ? 100 : 5000;
    if (elapsed < 2 || now - shown < every) return;
    shown = now;
    const line = progressLine(progress, elapsed);
    if (!process.stderr.isTTY) {
      process.stderr.write(`${line}\n`);
      return;
    }
    const filled = Math.round((20 * progress.done) / Math.max(1, progress.total));
    process.stderr.write(`\r\x1b[2K${pc.cyan("█".repeat(filled))}${pc.dim("░".repeat(20 - filled))} ${line}`);
    drawn = true;
  };
  return { report, end: clear };
}
