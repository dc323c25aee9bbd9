import { type Code, get, i32, i32Lane, i64, load, op, sequence, set, shuffle } from "@dbd/numerics/wasm/code";
import { bitsOf, type Frame, single } from "./frame.ts";

/** Locals of generator states: one lane's words, or the words of four lanes side by side. */
export type GeneratorLocals = readonly [number, number, number, number];

// 32-bit words of two vectors in turn: of their first halves, of their second halves.
const interleaveLow = [0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23];
const interleaveHigh = interleaveLow.map((byte) => byte + 8);

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

/** Two outputs of each lane's generator: 27 high bits of the first, 26 of the second, as in numerics/random/xoshiro. */
class TwoOutputs {
  readonly draw: Code;
  readonly high: number;
  private readonly low: number;
  private readonly frame: Frame;

  constructor(frame: Frame, state: GeneratorLocals) {
    const type = frame.kind === single ? "i32" : "v128";
    this.frame = frame;
    this.high = frame.local(type);
    this.low = frame.local(type);
    this.draw = sequence(nextBits(frame, state, 5, this.high), nextBits(frame, state, 6, this.low));
  }

  /** high · unit + low · unit · 2⁻²⁶ for some bits of high, exactly. */
  number(high: Code, unit: number, vector: number): Code {
    const { frame } = this;
    if (frame.kind === single) {
      const integer = op(
        "i64.or",
        op("i64.shl", op("i64.extend_i32_u", high), i64(26n)),
        op("i64.extend_i32_u", get(this.low)),
      );
      return frame.mul(op("f64.convert_i64_s", integer), frame.number(unit * 2 ** -26));
    }
    // Vectors have no conversion: bits are put in as the last ones of a double, which is then taken off again.
    const below = (bits: Code, top: number): Code => {
      const words = bitsOf(top);
      return shuffle(bits, frame.integer(words | (words >> 32n)), vector === 0 ? interleaveLow : interleaveHigh);
    };
    const [first, second] = [unit * 2 ** 52, unit * 2 ** 26];
    return frame.add(frame.sub(below(high, first), frame.number(first + second)), below(get(this.low), second));
  }
}

/** The code that draws, and the number for each vector of the generator's lanes. */
interface Draws {
  readonly draw: Code;
  readonly values: readonly Code[];
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Uniform numbers high · 2⁻²⁷ + low · 2⁻⁵³ in [0, 1). */
export function uniforms(frame: Frame, state: GeneratorLocals, vectors: number): Draws {
  const bits = new TwoOutputs(frame, state);
  return { draw: bits.draw, values: range(vectors).map((v) => bits.number(get(bits.high), 2 ** -27, v)) };
}

/** Exponential variates that the ziggurat's table settles but for one in 45. */
export interface ExponentialDraws {
  readonly draw: Code;
  /** Local of eight times the layer of each lane. */
  readonly layer: number;
  /** For each vector: the code that sets its candidates, their local, and whether each is settled. */
  readonly vectors: readonly { readonly set: Code; readonly value: number; readonly settled: Code }[];
}

// The first and the second doubles of two vectors.
const firsts = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
const seconds = firsts.map((byte) => byte + 8);

/**
 * Candidates for variates of mean 1 as in numerics/random/ziggurat: layer i = ⌊256 u⌋ and x = (256 u − i) · edge_i of one
 * uniform number u, settled when x < edge_{i+1}. @param values - Locals that take the candidates.
 */
export function exponentials(
  frame: Frame,
  state: GeneratorLocals,
  values: readonly number[],
  edges: number,
): ExponentialDraws {
  const bits = new TwoOutputs(frame, state);
  const scalar = frame.kind === single;
  const type = scalar ? "i32" : "v128";
  const layer = frame.local(type);
  // u = high · 2⁻²⁷ + …: the layer is the first 8 of high's 27 bits, and stands here three places to the left.
  const eightTimes = scalar
    ? op("i32.and", op("i32.shr_u", get(bits.high), i32(16)), i32(0x7f8))
    : op("v128.and", op("i32x4.shr_u", get(bits.high), i32(16)), frame.integer(0x7f8_0000_07f8n));
  const rest = op(scalar ? "i32.and" : "v128.and", get(bits.high), scalar ? i32(0x7ffff) : frame.integer(placeBits));
  const kept = frame.keep(rest, type);
  const vectors = values.map((value, v) => {
    const place = bits.number(kept.get, 2 ** -19, v);
    if (scalar) {
      const at = (offset: number): Code => load("f64.load", get(layer), edges + offset);
      return { set: set(value, frame.mul(place, at(0))), value, settled: op("f64.lt", get(value), at(8)) };
    }
    // The pair (edge_i, edge_{i+1}) of each of two lanes, and then edges of both lanes side by side.
    const pairOf = (lane: 0 | 1): Code => load("v128.load", i32Lane(get(layer), 2 * v + lane), edges);
    const [a, b] = [frame.keep(pairOf(0)), frame.keep(pairOf(1))];
    return {
      set: sequence(a.set, b.set, set(value, frame.mul(place, shuffle(a.get, b.get, firsts)))),
      value,
      settled: op("f64x2.lt", get(value), shuffle(a.get, b.get, seconds)),
    };
  });
  return { draw: sequence(bits.draw, set(layer, eightTimes), kept.set), layer, vectors };
}

const placeBits = 0x7ffff_0007_ffffn;
const mantissaBits = (1n << 52n) - 1n;
const aboveRoot2 = 0x95f64n << 32n; // carries into the exponent from √2 on
const magic = 1075n << 52n; // 2⁵²: an integer below it put into its low bits is read as 2⁵² + integer

/**
 * −log(y) for 2⁻⁵³ ≤ y ≤ 1, with the bits of numerics/special's log: its algorithm and order of operations, and its
 * exponent and mantissa taken apart by integer operations instead of a table.
 */
export function minusLog(frame: Frame, y: Code): { readonly set: Code; readonly value: Code } {
  const scalar = frame.kind === single;
  const integers = scalar ? "i64" : "v128";
  const asBits = (code: Code): Code => (scalar ? op("i64.reinterpret_f64", code) : code);
  const asNumber = (code: Code): Code => (scalar ? op("f64.reinterpret_i64", code) : code);
  const add64 = (a: Code, b: Code): Code => op(scalar ? "i64.add" : "i64x2.add", a, b);
  const add = (a: Code, b: Code): Code => frame.add(a, b);
  const sub = (a: Code, b: Code): Code => frame.sub(a, b);
  const mul = (a: Code, b: Code): Code => frame.mul(a, b);
  const c = (value: number): Code => frame.number(value);
  const raised = frame.keep(add64(asBits(y), frame.integer(aboveRoot2)), integers);
  const biased = op(scalar ? "i64.shr_u" : "i64x2.shr_u", raised.get, scalar ? i64(52n) : i32(52));
  const k = frame.keep(
    sub(asNumber(op(scalar ? "i64.or" : "v128.or", biased, frame.integer(magic))), c(2 ** 52 + 1023)),
  );
  const mantissa = add64(
    op(scalar ? "i64.and" : "v128.and", raised.get, frame.integer(mantissaBits)),
    frame.integer(bitsOf(1) - aboveRoot2),
  );
  const f = frame.keep(sub(asNumber(mantissa), c(1)));
  const s = frame.keep(frame.div(f.get, add(c(2), f.get)));
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
    set: sequence(raised.set, k.set, f.set, s.set, z.set, w.set, half.set),
    value,
  };
}
