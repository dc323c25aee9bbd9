import { signed, unsigned } from "./leb128.ts";
import { type Access, accesses, opcodes, type Operator, type ValueType, valueTypes } from "./opcodes.ts";

/** Instructions as bytes. An expression is the code that leaves its value on the stack, so that code nests like terms. */
export type Code = readonly number[];

/** One operation after the code of its operands, by its name in the text format. */
export function op(name: Operator, ...operands: readonly Code[]): Code {
  return [...operands.flat(), ...opcodes[name]];
}

/** Instructions one after the other. */
export function sequence(...parts: readonly Code[]): Code {
  return parts.flat();
}

export function i32(value: number): Code {
  return [0x41, ...signed(value | 0)];
}

export function i64(value: bigint): Code {
  return [0x42, ...signed(BigInt.asIntN(64, value))];
}

export function f64(value: number): Code {
  return [0x44, ...new Uint8Array(Float64Array.of(value).buffer)];
}

/** The value of a local. */
export function get(local: number): Code {
  return [0x20, ...unsigned(local)];
}

export function set(local: number, value: Code): Code {
  return [...value, 0x21, ...unsigned(local)];
}

/** Sets a local and leaves the value on the stack. */
export function tee(local: number, value: Code): Code {
  return [...value, 0x22, ...unsigned(local)];
}

const access = (name: Access, offset: number): Code => [
  ...accesses[name][0],
  ...unsigned(accesses[name][1]),
  ...unsigned(offset),
];

/** Reads from address + offset. */
export function load(name: Access & `${string}.load`, address: Code, offset = 0): Code {
  return [...address, ...access(name, offset)];
}

/** Writes to address + offset. */
export function store(name: Access & `${string}.store`, address: Code, value: Code, offset = 0): Code {
  return [...address, ...value, ...access(name, offset)];
}

/** Bytes picked by `lanes` (16 numbers below 32) from the 16 bytes of `a` and the 16 of `b`. */
export function shuffle(a: Code, b: Code, lanes: readonly number[]): Code {
  return [...a, ...b, 0xfd, 0x0d, ...lanes];
}

/** One of the two doubles of a vector. */
export function f64Lane(vector: Code, lane: 0 | 1): Code {
  return [...vector, 0xfd, 0x21, lane];
}

/** One of the four 32-bit words of a vector. */
export function i32Lane(vector: Code, lane: number): Code {
  return [...vector, 0xfd, 0x1b, lane];
}

const blockType = (result?: ValueType): number => (result === undefined ? 0x40 : valueTypes[result]);

/** A block: a branch to it leaves it. */
export function block(body: Code, result?: ValueType): Code {
  return [0x02, blockType(result), ...body, 0x0b];
}

/** A loop: a branch to it starts it again; without a branch it ends. */
export function loop(body: Code, result?: ValueType): Code {
  return [0x03, blockType(result), ...body, 0x0b];
}

/** Both arms are one block deeper than what stands around them. */
export function ifElse(condition: Code, then: Code, otherwise: Code = [], result?: ValueType): Code {
  const rest = otherwise.length > 0 ? [0x05, ...otherwise] : [];
  return [...condition, 0x04, blockType(result), ...then, ...rest, 0x0b];
}

/** Branches to the block `depth` levels out, 0 being the innermost. */
export function branch(depth: number): Code {
  return [0x0c, ...unsigned(depth)];
}

export function branchIf(depth: number, condition: Code): Code {
  return [...condition, 0x0d, ...unsigned(depth)];
}

/** Branches to `depths[index]`, or to `otherwise` beyond them. */
export function branchTable(index: Code, depths: readonly number[], otherwise: number): Code {
  return [...index, 0x0e, ...unsigned(depths.length), ...depths.flatMap(unsigned), ...unsigned(otherwise)];
}

/** Calls a function by its index: imports first, then the module's own. */
export function call(index: number, ...args: readonly Code[]): Code {
  return [...args.flat(), 0x10, ...unsigned(index)];
}
