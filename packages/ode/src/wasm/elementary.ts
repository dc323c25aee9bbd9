import { branchIf, type Code, call, f64, get, i32, i64, ifElse, op, sequence, set } from "@dbd/numerics/wasm/code";
import type { FunctionSpec } from "@dbd/numerics/wasm/module";

const add = (a: Code, b: Code): Code => op("f64.add", a, b);
const sub = (a: Code, b: Code): Code => op("f64.sub", a, b);
const mul = (a: Code, b: Code): Code => op("f64.mul", a, b);
const div = (a: Code, b: Code): Code => op("f64.div", a, b);
const finish = (condition: Code, value: Code): Code => ifElse(condition, sequence(value, op("return")));

const [HIGH, LOW] = [6.9314718036912381649e-1, 1.90821492927058770002e-10]; // ln 2 in two parts

const horner = (x: Code, [first, ...rest]: readonly number[]): Code =>
  rest.length === 0 ? f64(first) : add(f64(first), mul(x, horner(x, rest)));

/** The natural logarithm of `@dbd/numerics/special` (msun e_log.c), its bits taken apart by integer operations. */
export const logFunction: FunctionSpec = ((): FunctionSpec => {
  const [x, bits, k, f, s, z, w, half] = [0, 1, 2, 3, 4, 5, 6, 7];
  const odd = mul(get(w), horner(get(w), [3.999999999940941908e-1, 2.222219843214978396e-1, 1.531383769920937332e-1]));
  const even = mul(
    get(z),
    horner(get(w), [6.66666666666673513e-1, 2.857142874366239149e-1, 1.818357216161805012e-1, 1.479819860511658591e-1]),
  );
  const aboveRoot2 = 0x95f64n << 32n;
  return {
    params: ["f64"],
    results: ["f64"],
    locals: ["i64", "f64", "f64", "f64", "f64", "f64", "f64"],
    body: sequence(
      ifElse(
        op("i32.eqz", op("f64.gt", get(x), f64(0))),
        sequence(finish(op("f64.eq", get(x), f64(0)), f64(-Infinity)), finish(i32(1), f64(Number.NaN))),
      ),
      finish(op("f64.eq", get(x), f64(Infinity)), f64(Infinity)),
      ifElse(
        op("f64.lt", get(x), f64(2.2250738585072014e-308)),
        sequence(set(x, mul(get(x), f64(2 ** 54))), set(k, f64(-54))),
      ),
      set(bits, op("i64.add", op("i64.reinterpret_f64", get(x)), i64(aboveRoot2))),
      set(
        k,
        add(
          get(k),
          op("f64.convert_i32_s", op("i32.sub", op("i32.wrap_i64", op("i64.shr_u", get(bits), i64(52n))), i32(1023))),
        ),
      ),
      set(
        f,
        sub(
          op(
            "f64.reinterpret_i64",
            op("i64.add", op("i64.and", get(bits), i64((1n << 52n) - 1n)), i64((0x3ff00000n << 32n) - aboveRoot2)),
          ),
          f64(1),
        ),
      ),
      set(s, div(get(f), add(f64(2), get(f)))),
      set(z, mul(get(s), get(s))),
      set(w, mul(get(z), get(z))),
      set(half, mul(mul(f64(0.5), get(f)), get(f))),
      sub(
        mul(get(k), f64(HIGH)),
        sub(sub(get(half), add(mul(get(s), add(get(half), add(odd, even))), mul(get(k), f64(LOW)))), get(f)),
      ),
    ),
  };
})();

/** 2 to the whole number in a local, from −1022 to 1023. */
const power2 = (k: Code): Code =>
  op("f64.reinterpret_i64", op("i64.shl", op("i64.extend_i32_u", op("i32.add", k, i32(1023))), i64(52n)));

/** The exponential of `@dbd/numerics/special` (msun e_exp.c). */
export const expFunction: FunctionSpec = ((): FunctionSpec => {
  const [x, k, high, low, r, t, c, part] = [0, 1, 2, 3, 4, 5, 6, 7];
  const polynomial = [
    1.66666666666666019037e-1, -2.77777777770155933842e-3, 6.61375632143793436117e-5, -1.6533902205465251539e-6,
    4.13813679705723846039e-8,
  ];
  const nearest = add(
    mul(f64(Math.LOG2E), get(x)),
    sequence(f64(-0.5), f64(0.5), op("f64.lt", get(x), f64(0)), op("select")),
  );
  return {
    params: ["f64"],
    results: ["f64"],
    locals: ["i32", "f64", "f64", "f64", "f64", "f64", "i32"],
    body: sequence(
      finish(op("i32.eqz", op("f64.eq", get(x), get(x))), get(x)),
      finish(op("f64.gt", get(x), f64(709.782712893384)), f64(Infinity)),
      finish(op("f64.lt", get(x), f64(-745.1332191019411)), f64(0)),
      set(k, op("i32.trunc_sat_f64_s", nearest)),
      set(high, sub(get(x), mul(op("f64.convert_i32_s", get(k)), f64(HIGH)))),
      set(low, mul(op("f64.convert_i32_s", get(k)), f64(LOW))),
      set(r, sub(get(high), get(low))),
      set(t, mul(get(r), get(r))),
      set(c, sub(get(r), mul(get(t), horner(get(t), polynomial)))),
      // 2ᵏ in two factors, so that results near both ends of the range are reached
      set(part, op("i32.shr_s", get(k), i32(1))),
      mul(
        mul(
          sub(f64(1), sub(sub(get(low), div(mul(get(r), get(c)), sub(f64(2), get(c)))), get(high))),
          power2(get(part)),
        ),
        power2(op("i32.sub", get(k), get(part))),
      ),
    ),
  };
})();

/** xʸ as exp(y log x) for x > 0; else by the imported function. */
export const powFunction = (log: number, exp: number, imported: number): FunctionSpec => ({
  params: ["f64", "f64"],
  results: ["f64"],
  body: sequence(
    finish(op("f64.gt", get(0), f64(0)), call(exp, op("f64.mul", get(1), call(log, get(0))))),
    call(imported, get(0), get(1)),
  ),
});

/** Runs `body` for `at` = 0, step, … below `end`, at least once. */
export const counted = (at: number, step: number, end: number, body: Code): Code =>
  sequence(set(at, i32(0)), [
    0x03,
    0x40,
    ...body,
    ...branchIf(0, op("i32.lt_s", [...set(at, op("i32.add", get(at), i32(step))), ...get(at)], i32(end))),
    0x0b,
  ]);
