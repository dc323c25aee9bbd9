import { ArgumentError } from "./errors.ts";
import { serve } from "./pool.ts";

/** The pool's own test partner: squares numbers, refuses negative ones and dies of NaN. */
serve((n: number): number | Promise<number> => {
  if (n < 0) throw new ArgumentError("squares", `n must not be negative, got ${n}`);
  if (!Number.isNaN(n)) return n * n;
  return new Promise(() => {
    setTimeout(() => {
      throw new Error("worn out");
    }, 0);
  });
});
