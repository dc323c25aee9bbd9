import { type Code, f64, get, i32, i64, load, op, sequence, set } from "@dbd/numerics/wasm/code";
import type { Locals } from "./lanes.ts";

// Logarithm and exponential of the step control by tables, written into the loop: no division and short chains, absolute
// errors of some 1e-16. Everything that follows of a step waits for them.

const cells = 128;
const halfway = Array.from({ length: cells }, (_, i) => 1 / (1 + (i + 0.5) / cells));
/** Doubles that the code reads: 1/c and log c in turn for c in the middle of each cell of [1, 2), then 2^(i/128). */
export const controlTable: readonly number[] = [
  ...halfway.flatMap((inverse) => [inverse, -Math.log(inverse)]),
  ...Array.from({ length: cells }, (_, i) => 2 ** (i / cells)),
];

const add = (a: Code, b: Code): Code => op("f64.add", a, b);
const sub = (a: Code, b: Code): Code => op("f64.sub", a, b);
const mul = (a: Code, b: Code): Code => op("f64.mul", a, b);

/** log of a positive normal number. @param table - Address of `controlTable`. */
export function logCode(locals: Locals, table: number, x: Code): Code {
  const bits = locals.local("i64");
  const cell = locals.local("i32");
  const r = locals.local();
  const square = locals.local();
  const k = op("f64.convert_i32_s", op("i32.sub", op("i32.wrap_i64", op("i64.shr_u", get(bits), i64(52n))), i32(1023)));
  const mantissa = op(
    "f64.reinterpret_i64",
    op("i64.or", op("i64.and", get(bits), i64((1n << 52n) - 1n)), i64(0x3ffn << 52n)),
  );
  const pair = (a: number, b: number): Code => add(f64(a), mul(get(r), f64(b)));
  const tail = add(
    pair(-1 / 2, 1 / 3),
    mul(get(square), add(pair(-1 / 4, 1 / 5), mul(get(square), pair(-1 / 6, 1 / 7)))),
  );
  return sequence(
    set(bits, op("i64.reinterpret_f64", x)),
    set(
      cell,
      op("i32.shl", op("i32.and", op("i32.wrap_i64", op("i64.shr_u", get(bits), i64(45n))), i32(cells - 1)), i32(4)),
    ),
    set(r, sub(mul(mantissa, load("f64.load", get(cell), table)), f64(1))),
    set(square, mul(get(r), get(r))),
    add(add(mul(k, f64(Math.LN2)), load("f64.load", get(cell), table + 8)), add(get(r), mul(get(square), tail))),
  );
}

/** exp of a number within ±700. */
export function expCode(locals: Locals, table: number, x: Code): Code {
  const value = locals.local();
  const shifted = locals.local();
  const bits = locals.local("i32");
  const r = locals.local();
  const square = locals.local();
  const rounding = 1.5 * 2 ** 52; // a number beside it keeps its whole part in the low bits
  const power = op(
    "f64.reinterpret_i64",
    op("i64.shl", op("i64.extend_i32_u", op("i32.add", op("i32.shr_s", get(bits), i32(7)), i32(1023))), i64(52n)),
  );
  const fraction = load(
    "f64.load",
    op("i32.shl", op("i32.and", get(bits), i32(cells - 1)), i32(3)),
    table + 16 * cells,
  );
  const pair = (a: number, b: number): Code => add(f64(a), mul(get(r), f64(b)));
  const series = add(pair(1, 1), mul(get(square), add(pair(1 / 2, 1 / 6), mul(get(square), pair(1 / 24, 1 / 120)))));
  return sequence(
    set(value, x),
    set(shifted, add(mul(get(value), f64(cells / Math.LN2)), f64(rounding))),
    set(bits, op("i32.wrap_i64", op("i64.reinterpret_f64", get(shifted)))),
    set(r, sub(get(value), mul(sub(get(shifted), f64(rounding)), f64(Math.LN2 / cells)))),
    set(square, mul(get(r), get(r))),
    mul(mul(power, fraction), series),
  );
}
