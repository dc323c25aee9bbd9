import type { Progress } from "@dbd/numerics/run";
import pc from "picocolors";
import type { Io } from "./io.ts";

const WIDTH = 24;
const LINE_MS = 2000;

const clock = (seconds: number): string => {
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  return s < 3600
    ? `${Math.floor(s / 60)} min ${s % 60} s`
    : `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
};

/** Shows how far a command is, on stderr: a bar on a terminal, a line every two seconds elsewhere. */
export interface ProgressView {
  readonly report: (progress: Progress) => void;
  /** Clears the bar. */
  readonly end: () => void;
}

/** The progress of one command, with rate and time left. */
export function progressView({ stderr, terminal, color }: Io, quiet: boolean): ProgressView {
  if (quiet) return { report: () => undefined, end: () => undefined };
  const { cyan, dim } = pc.createColors(color);
  let label = "";
  let begun = performance.now();
  let first = 0;
  let last = -Infinity;
  let shown = false;
  const report = ({ done, total, label: name = "" }: Progress): void => {
    const now = performance.now();
    const stage = name.replace(/[\d.e+-]+ events\/s/, "");
    if (stage !== label) {
      label = stage;
      begun = now;
      first = done;
      last = terminal ? last : now; // short stages need no line
    }
    const rate = (done - first) / Math.max(1e-3, (now - begun) / 1000);
    const pace = rate > 0 ? ` ${rate >= 10 ? Math.round(rate) : rate.toPrecision(2)}/s` : "";
    const left = rate > 0 && done < total ? `, ${clock((total - done) / rate)} left` : "";
    const text = `${name} ${done}/${total}${pace}${left}`;
    if (terminal) {
      const filled = Math.round((WIDTH * done) / Math.max(1, total));
      stderr(`\r\u001b[2K${cyan("█".repeat(filled))}${dim("░".repeat(WIDTH - filled))} ${text}`);
      shown = true;
    } else if (now - last >= LINE_MS) {
      stderr(`${text}\n`);
      last = now;
    }
  };
  return { report, end: () => (shown ? stderr("\r\u001b[2K") : undefined) };
}
