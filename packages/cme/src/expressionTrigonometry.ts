import { exp } from "@dbd/numerics/special";

// Circular and hyperbolic functions with the same bits in every engine, from + − × ÷ and √ alone; errors of some ulps.

/** ¼ of a turn as a sum of three doubles, the first two of 33 bits: k times them is exact for |k| < 2²⁰. */
const QUARTER = [1.57079632673412561417, 6.0771005063039659766e-11, 2.02226624879595063154e-21] as const;

/** ½π · 2¹²⁰⁰ by Machin's formula, for arguments so large that doubles no longer hold their remainder. */
function quarterBits(): bigint {
  const one = 1n << 1240n;
  const inverseTangent = (n: bigint): bigint => {
    let sum = 0n;
    for (let k = 1n, power = one / n, sign = 1n; power !== 0n; k += 2n, power /= n * n, sign = -sign) {
      sum += (sign * power) / k;
    }
    return sum;
  };
  return (8n * inverseTangent(5n) - 2n * inverseTangent(239n)) >> 40n;
}

let quarter: bigint | undefined; // found once, when first needed; a constant

/** x = k·½π + r with |r| ≤ ¼π (a little more by rounding). Cody & Waite (1980), exact beyond 2¹⁹ quarter turns. */
function reduce(x: number): readonly [k: number, r: number] {
  const k = Math.round(x / (Math.PI / 2));
  if (Math.abs(k) < 2 ** 19) return [k, x - k * QUARTER[0] - k * QUARTER[1] - k * QUARTER[2]];
  if (x < 0) {
    const [turns, rest] = reduce(-x);
    return [-turns, -rest];
  }
  quarter ??= quarterBits();
  const whole = Math.trunc(x);
  const all = (BigInt(whole) << 1200n) + (BigInt((x - whole) * 2 ** 52) << 1148n);
  const turns = (2n * all + quarter) / (2n * quarter);
  return [Number(turns % 4n), Number((all - turns * quarter) >> 1100n) * 2 ** -100];
}

/** Sine on [−¼π, ¼π]: Taylor's series to x¹⁷, whose remainder is below 1e-17. */
function sineNear0(r: number): number {
  const z = r * r;
  let sum = 0;
  for (let n = 16; n >= 2; n -= 2) sum = (-z / (n * (n + 1))) * (1 + sum);
  return r + r * sum;
}

function cosineNear0(r: number): number {
  const z = r * r;
  let sum = 0;
  for (let n = 17; n >= 1; n -= 2) sum = (-z / (n * (n + 1))) * (1 + sum);
  return 1 + sum;
}

function turned(x: number, quarters: number): number {
  if (!Number.isFinite(x)) return Number.NaN;
  const [k, r] = reduce(x);
  const phase = (((k + quarters) % 4) + 4) % 4;
  const value = phase % 2 === 0 ? sineNear0(r) : cosineNear0(r);
  return phase < 2 ? value : -value;
}

export const sin = (x: number): number => turned(x, 0);
export const cos = (x: number): number => turned(x, 1);

/** Halves the angle twice, then Taylor's series; above 1 by the complement. */
export function atan(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x < 0) return -atan(-x);
  if (x > 1) return Math.PI / 2 - atan(1 / x);
  let y = x / (1 + Math.sqrt(1 + x * x));
  y /= 1 + Math.sqrt(1 + y * y); // now below tan(π/16) < 0.2
  const z = y * y;
  let sum = 0;
  for (let n = 23; n >= 1; n -= 2) sum = 1 / n - z * sum;
  return 4 * y * sum;
}

/** NaN outside [−1, 1]. */
export function asin(x: number): number {
  return Math.abs(x) <= 1 ? 2 * atan(x / (1 + Math.sqrt((1 - x) * (1 + x)))) : Number.NaN;
}

/** Below ½ by Taylor's series, where the difference of exponentials would cancel. */
export function sinh(x: number): number {
  if (Math.abs(x) > 0.5) return (exp(x) - exp(-x)) / 2;
  const z = x * x;
  let sum = 0;
  for (let n = 12; n >= 2; n -= 2) sum = (z / (n * (n + 1))) * (1 + sum);
  return x + x * sum;
}

export function tanh(x: number): number {
  if (Math.abs(x) > 20) return x > 0 ? 1 : -1;
  return (2 * sinh(x)) / (exp(x) + exp(-x));
}
