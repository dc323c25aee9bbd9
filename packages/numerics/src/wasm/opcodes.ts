/** Types of values. */
export type ValueType = "i32" | "i64" | "f64" | "v128";

/** Names in the WebAssembly text format of the operations without immediate operands. */
export type Operator =
  | ("unreachable" | "return" | "drop" | "select")
  | `i32.${"eqz" | "eq" | "ne" | "lt_s" | "lt_u" | "gt_s" | "le_s" | "le_u" | "ge_s" | "add" | "sub" | "mul" | "and" | "or" | "xor" | "shl" | "shr_s" | "shr_u" | "rotl" | "wrap_i64" | "trunc_sat_f64_s"}`
  | `i64.${"eqz" | "eq" | "lt_s" | "add" | "sub" | "mul" | "and" | "or" | "xor" | "shl" | "shr_u" | "extend_i32_u" | "reinterpret_f64"}`
  | `f64.${"eq" | "lt" | "gt" | "le" | "ge" | "abs" | "neg" | "floor" | "sqrt" | "add" | "sub" | "mul" | "div" | "min" | "max" | "convert_i32_s" | "convert_i32_u" | "convert_i64_s" | "reinterpret_i64"}`
  | `f64x2.${"abs" | "max" | "splat" | "lt" | "ge" | "add" | "sub" | "mul" | "div" | "convert_low_i32x4_s"}`
  | `v128.${"not" | "and" | "andnot" | "or" | "xor" | "any_true"}`
  | `i32x4.${"shl" | "shr_u" | "add"}`
  | `i64x2.${"bitmask" | "shr_u" | "add" | "sub"}`;

/** Names of loads and stores. */
export type Access =
  | `i32.${"load" | "store"}`
  | `i64.${"load" | "store"}`
  | `f64.${"load" | "store"}`
  | `v128.${"load" | "store"}`;

/** Core specification 5.4 (and its chapter on vector instructions). */
export const opcodes: Readonly<Record<Operator, readonly number[]>> = {
  unreachable: [0x00],
  return: [0x0f],
  drop: [0x1a],
  select: [0x1b],
  "i32.eqz": [0x45],
  "i32.eq": [0x46],
  "i32.ne": [0x47],
  "i32.lt_s": [0x48],
  "i32.lt_u": [0x49],
  "i32.gt_s": [0x4a],
  "i32.le_s": [0x4c],
  "i32.le_u": [0x4d],
  "i32.ge_s": [0x4e],
  "i64.eqz": [0x50],
  "i64.eq": [0x51],
  "i64.lt_s": [0x53],
  "f64.eq": [0x61],
  "f64.lt": [0x63],
  "f64.gt": [0x64],
  "f64.le": [0x65],
  "f64.ge": [0x66],
  "i32.add": [0x6a],
  "i32.sub": [0x6b],
  "i32.mul": [0x6c],
  "i32.and": [0x71],
  "i32.or": [0x72],
  "i32.xor": [0x73],
  "i32.shl": [0x74],
  "i32.shr_s": [0x75],
  "i32.shr_u": [0x76],
  "i32.rotl": [0x77],
  "i64.add": [0x7c],
  "i64.sub": [0x7d],
  "i64.mul": [0x7e],
  "i64.and": [0x83],
  "i64.or": [0x84],
  "i64.xor": [0x85],
  "i64.shl": [0x86],
  "i64.shr_u": [0x88],
  "f64.abs": [0x99],
  "f64.neg": [0x9a],
  "f64.floor": [0x9c],
  "f64.sqrt": [0x9f],
  "f64.add": [0xa0],
  "f64.sub": [0xa1],
  "f64.mul": [0xa2],
  "f64.div": [0xa3],
  "f64.min": [0xa4],
  "f64.max": [0xa5],
  "i32.wrap_i64": [0xa7],
  "i64.extend_i32_u": [0xad],
  "f64.convert_i32_s": [0xb7],
  "f64.convert_i32_u": [0xb8],
  "i64.reinterpret_f64": [0xbd],
  "f64.convert_i64_s": [0xb9],
  "f64.reinterpret_i64": [0xbf],
  "i32.trunc_sat_f64_s": [0xfc, 0x02],
  "f64x2.splat": [0xfd, 0x14],
  "f64x2.abs": [0xfd, 0xec, 0x01],
  "f64x2.max": [0xfd, 0xf5, 0x01],
  "f64x2.lt": [0xfd, 0x49],
  "f64x2.ge": [0xfd, 0x4c],
  "v128.not": [0xfd, 0x4d],
  "v128.and": [0xfd, 0x4e],
  "v128.andnot": [0xfd, 0x4f],
  "v128.or": [0xfd, 0x50],
  "v128.xor": [0xfd, 0x51],
  "v128.any_true": [0xfd, 0x53],
  "i32x4.shl": [0xfd, 0xab, 0x01],
  "i32x4.shr_u": [0xfd, 0xad, 0x01],
  "i32x4.add": [0xfd, 0xae, 0x01],
  "i64x2.bitmask": [0xfd, 0xc4, 0x01],
  "i64x2.shr_u": [0xfd, 0xcd, 0x01],
  "i64x2.add": [0xfd, 0xce, 0x01],
  "i64x2.sub": [0xfd, 0xd1, 0x01],
  "f64x2.add": [0xfd, 0xf0, 0x01],
  "f64x2.sub": [0xfd, 0xf1, 0x01],
  "f64x2.mul": [0xfd, 0xf2, 0x01],
  "f64x2.div": [0xfd, 0xf3, 0x01],
  "f64x2.convert_low_i32x4_s": [0xfd, 0xfe, 0x01],
};

/** Loads and stores: opcode and log₂ of the natural alignment. */
export const accesses: Readonly<Record<Access, readonly [code: readonly number[], alignment: number]>> = {
  "i32.load": [[0x28], 2],
  "i64.load": [[0x29], 3],
  "f64.load": [[0x2b], 3],
  "i32.store": [[0x36], 2],
  "i64.store": [[0x37], 3],
  "f64.store": [[0x39], 3],
  "v128.load": [[0xfd, 0x00], 4],
  "v128.store": [[0xfd, 0x0b], 4],
};

export const valueTypes: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e, f64: 0x7c, v128: 0x7b };
