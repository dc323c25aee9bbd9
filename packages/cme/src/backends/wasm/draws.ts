import { type Code, get, i32, op, sequence, set, shuffle } from "@dbd/numerics/wasm/code";
import { type Frame, single } from "./frame.ts";

/** Locals of generator states: one lane's words, or the words of four lanes side by side. */
export type GeneratorLocals = readonly [number, number, number, number];

const high = [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7];

function rotateLeft(frame: Frame, value: { readonly tee: Code; readonly get: Code }, count: number): Code {
  if (frame.kind === single) return op("i32.rotl", value.tee, i32(count));
  return op("v128.or", op("i32x4.shl", value.tee, i32(count)), op("i32x4.shr_u", value.get, i32(32 - count)));
}

/** The next 32 bits shifted right, into `out`: xoshiro128++ as in numerics/random/xoshiro. */
function nextBits(frame: Frame, [s0, s1, s2, s3]: GeneratorLocals, shift: number, out: number): Code {
  const one = frame.kind === single;
  const type = one ? "i32" : "v128";
  const add = one ? "i32.add" : "i32x4.add";
  const xor = one ? "i32.xor" : "v128.xor";
  const sum = frame.keep(op(add, get(s0), get(s3)), type);
  const x2 = frame.keep(op(xor, get(s2), get(s0)), type);
  const x3 = frame.keep(op(xor, get(s3), get(s1)), type);
  const shifted = frame.keep(op(one ? "i32.shl" : "i32x4.shl", get(s1), i32(9)), type);
  const result = op(add, rotateLeft(frame, sum, 7), get(s0));
  return sequence(
    set(out, op(one ? "i32.shr_u" : "i32x4.shr_u", result, i32(shift))),
    x2.set,
    x3.set,
    shifted.set,
    set(s1, op(xor, get(s1), x2.get)),
    set(s2, op(xor, x2.get, shifted.get)),
    set(s0, op(xor, get(s0), x3.get)),
    set(s3, rotateLeft(frame, { tee: x3.get, get: x3.get }, 11)),
  );
}

/**
 * Uniform numbers in [0, 1) as numerics/random/xoshiro makes them, exactly: 27 and 26 bits times 2⁻²⁷ and 2⁻⁵³.
 * @returns The code that draws, and per vector of the generator's lanes the code of the number.
 */
export function uniforms(
  frame: Frame,
  state: GeneratorLocals,
  vectors: number,
): { readonly draw: Code; readonly values: readonly Code[] } {
  const type = frame.kind === single ? "i32" : "v128";
  const first = frame.local(type);
  const second = frame.local(type);
  const convert = (bits: Code, v: number): Code => {
    if (frame.kind === single) return op("f64.convert_i32_s", bits);
    return op("f64x2.convert_low_i32x4_s", v === 0 ? bits : shuffle(bits, bits, high));
  };
  return {
    draw: sequence(nextBits(frame, state, 5, first), nextBits(frame, state, 6, second)),
    values: Array.from({ length: vectors }, (_, v) =>
      frame.add(
        frame.mul(convert(get(first), v), frame.number(2 ** -27)),
        frame.mul(convert(get(second), v), frame.number(2 ** -53)),
      ),
    ),
  };
}

const exponent = 0x7ffn << 52n;
const one = 1023n << 52n;
const magic = 1075n << 52n; // 2⁵²: an integer below it put into its low bits is read as 2⁵² + integer

/**
 * −log(1 − u), with the bits of numerics/special's log: its algorithm and order of operations, and its exponent and
 * mantissa taken apart by integer operations instead of a table.
 */
export function exponential(frame: Frame, u: Code): { readonly set: Code; readonly value: Code } {
  const scalar = frame.kind === single;
  const integers = scalar ? "i64" : "v128";
  const asBits = (code: Code): Code => (scalar ? op("i64.reinterpret_f64", code) : code);
  const asNumber = (code: Code): Code => (scalar ? op("f64.reinterpret_i64", code) : code);
  const add64 = scalar ? "i64.add" : "i64x2.add";
  const { add, sub, mul, div } = {
    add: (a: Code, b: Code) => frame.add(a, b),
    sub: (a: Code, b: Code) => frame.sub(a, b),
    mul: (a: Code, b: Code) => frame.mul(a, b),
    div: (a: Code, b: Code) => frame.div(a, b),
  };
  const c = (value: number): Code => frame.number(value);
  const bits = frame.keep(asBits(sub(c(1), u)), integers);
  // The carry out of the mantissa from √2 on raises the exponent by one.
  const raised = frame.keep(op(add64, bits.get, frame.integer(0x95f64n << 32n)), integers);
  const biased = op(scalar ? "i64.shr_u" : "i64x2.shr_u", raised.get, scalar ? [0x42, 52] : i32(52));
  const k = frame.keep(
    sub(asNumber(op(scalar ? "i64.or" : "v128.or", biased, frame.integer(magic))), c(2 ** 52 + 1023)),
  );
  const mantissa = op(
    scalar ? "i64.sub" : "i64x2.sub",
    op(add64, bits.get, frame.integer(one)),
    op(scalar ? "i64.and" : "v128.and", raised.get, frame.integer(exponent)),
  );
  const f = frame.keep(sub(asNumber(mantissa), c(1)));
  const s = frame.keep(div(f.get, add(c(2), f.get)));
  const z = frame.keep(mul(s.get, s.get));
  const w = frame.keep(mul(z.get, z.get));
  const polynomial = ([first, ...rest]: readonly number[]): Code =>
    rest.length === 0 ? c(first) : add(c(first), mul(w.get, polynomial(rest)));
  const odd = mul(w.get, polynomial([3.999999999940941908e-1, 2.222219843214978396e-1, 1.531383769920937332e-1]));
  const even = mul(
    z.get,
    polynomial([6.66666666666673513e-1, 2.857142874366239149e-1, 1.818357216161805012e-1, 1.479819860511658591e-1]),
  );
  const half = frame.keep(mul(mul(c(0.5), f.get), f.get));
  const series = add(mul(s.get, add(half.get, add(odd, even))), mul(k.get, c(1.90821492927058770002e-10)));
  const value = sub(sub(sub(half.get, series), f.get), mul(k.get, c(6.9314718036912381649e-1)));
  return {
    set: sequence(bits.set, raised.set, k.set, f.set, s.set, z.set, w.set, half.set),
    value,
  };
}
