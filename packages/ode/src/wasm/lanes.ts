import { type Code, f64, f64Lane, get, i32, load, op, sequence, set, store } from "@dbd/numerics/wasm/code";
import type { ValueType } from "@dbd/numerics/wasm/opcodes";
import { counted } from "./elementary.ts";

/** Locals of a function that is being written. */
export class Locals {
  readonly types: ValueType[] = [];
  private readonly parameters: number;

  constructor(parameters: number) {
    this.parameters = parameters;
  }

  local(type: ValueType = "f64"): number {
    return this.parameters + this.types.push(type) - 1;
  }
}

/** Arithmetic on one element (of a small system) or on two side by side. */
export interface Access {
  add(a: Code, b: Code): Code;
  sub(a: Code, b: Code): Code;
  mul(a: Code, b: Code): Code;
  div(a: Code, b: Code): Code;
  abs(a: Code): Code;
  max(a: Code, b: Code): Code;
  get(vector: number): Code;
  set(vector: number, value: Code): Code;
  /** A number prepared by `Lanes.scalar`. */
  scalar(local: number): Code;
  /** Adds to the sum that `Lanes.sum` returns. */
  accumulate(value: Code): Code;
  /** Writes into memory at the address in a local, as element of a row. */
  write(address: number, value: Code): Code;
}

/**
 * Vectors of a stepper. Up to `smallest` elements they are locals and all loops are written out; else they are memory, taken
 * four doubles a turn. Numbers of vectors are indices from 0 on.
 */
export class Lanes {
  readonly size: number;
  readonly small: boolean;
  /** Bytes of a vector in memory: a multiple of four doubles, zeros at the end. */
  readonly stride: number;
  readonly base: number;
  private readonly locals: Locals;
  private readonly elements: number[][] = [];
  private readonly at: number;
  private readonly sums: readonly number[];

  constructor(size: number, small: boolean, base: number, vectors: number, locals: Locals) {
    this.size = size;
    this.small = small;
    this.base = base;
    this.stride = 32 * Math.ceil(size / 4);
    this.locals = locals;
    if (small) for (let v = 0; v < vectors; v++) this.elements.push(Array.from({ length: size }, () => locals.local()));
    this.at = locals.local("i32");
    this.sums = small ? [locals.local()] : [locals.local("v128"), locals.local("v128")];
  }

  address(vector: number): number {
    return this.base + vector * this.stride;
  }

  element(vector: number, i: number): number {
    return this.elements[vector][i];
  }

  /** A number for use in `each`: the code that prepares it, and its local. */
  scalar(value: Code): { readonly set: Code; readonly local: number } {
    if (this.small) {
      const local = this.locals.local();
      return { set: set(local, value), local };
    }
    const local = this.locals.local("v128");
    return { set: set(local, op("f64x2.splat", value)), local };
  }

  each(body: (access: Access) => Code): Code {
    if (this.small) return sequence(...Array.from({ length: this.size }, (_, i) => body(this.single(i))));
    return counted(this.at, 32, this.stride, sequence(body(this.pair(0)), body(this.pair(1))));
  }

  /** The sum of what `body` accumulates, as code that leaves it on the stack. */
  sum(body: (access: Access) => Code): Code {
    const [first, second] = this.sums;
    if (this.small) return sequence(set(first, f64(0)), this.each(body), get(first));
    const zero = op("f64x2.splat", f64(0));
    const both = op("f64x2.add", get(first), get(second));
    return sequence(
      set(first, zero),
      set(second, zero),
      this.each(body),
      set(first, both),
      op("f64.add", f64Lane(get(first), 0), f64Lane(get(first), 1)),
    );
  }

  private single(i: number): Access {
    const binary =
      (name: "add" | "sub" | "mul" | "div" | "max") =>
      (a: Code, b: Code): Code =>
        op(`f64.${name}`, a, b);
    return {
      add: binary("add"),
      sub: binary("sub"),
      mul: binary("mul"),
      div: binary("div"),
      max: binary("max"),
      abs: (a) => op("f64.abs", a),
      get: (vector) => get(this.elements[vector][i]),
      set: (vector, value) => set(this.elements[vector][i], value),
      scalar: (local) => get(local),
      accumulate: (value) => set(this.sums[0], op("f64.add", get(this.sums[0]), value)),
      write: (address, value) => store("f64.store", get(address), value, 8 * i),
    };
  }

  private pair(half: 0 | 1): Access {
    const binary =
      (name: "add" | "sub" | "mul" | "div" | "max") =>
      (a: Code, b: Code): Code =>
        op(`f64x2.${name}`, a, b);
    const offset = 16 * half;
    return {
      add: binary("add"),
      sub: binary("sub"),
      mul: binary("mul"),
      div: binary("div"),
      max: binary("max"),
      abs: (a) => op("f64x2.abs", a),
      get: (vector) => load("v128.load", get(this.at), this.address(vector) + offset),
      set: (vector, value) => store("v128.store", get(this.at), value, this.address(vector) + offset),
      scalar: (local) => get(local),
      accumulate: (value) => set(this.sums[half], op("f64x2.add", get(this.sums[half]), value)),
      write: (address, value) => store("v128.store", op("i32.add", get(address), get(this.at)), value, offset),
    };
  }

  /** Σ scale·weight_j vector_j in order, zero weights left out: what prepares it, and its element. */
  weighted(scale: Code | undefined, terms: readonly Term[]): { readonly set: Code; value(access: Access): Code } {
    const used = terms.filter(({ weight }) => weight !== 0);
    const scalars = used.map(({ weight }) =>
      this.scalar(scale === undefined ? f64(weight) : op("f64.mul", scale, f64(weight))),
    );
    return {
      set: sequence(...scalars.map((scalar) => scalar.set)),
      value: (v) =>
        used
          .map(({ vector }, j) => v.mul(v.scalar(scalars[j].local), v.get(vector)))
          .reduce((left, right) => v.add(left, right)),
    };
  }

  /** target = base + Σ scale·weight_j vector_j. */
  combine(target: number, base: number, scale: Code | undefined, terms: readonly Term[]): Code {
    const sum = this.weighted(scale, terms);
    return sequence(
      sum.set,
      this.each((v) => v.set(target, v.add(v.get(base), sum.value(v)))),
    );
  }

  /** A sum ready for use in another loop. In memory it gets a loop of its own: together they would run out of registers. */
  prepared(sum: ReturnType<Lanes["weighted"]>, scratch: number): ReturnType<Lanes["weighted"]> {
    if (this.small) return sum;
    const own = sequence(
      sum.set,
      this.each((v) => v.set(scratch, sum.value(v))),
    );
    return { set: own, value: (v) => v.get(scratch) };
  }

  copy(target: number, from: number): Code {
    return this.each((v) => v.set(target, v.get(from)));
  }

  /** Reads a vector from its memory, or writes it there; nothing to do for large systems. */
  enter(vector: number): Code {
    if (!this.small) return [];
    return sequence(
      ...this.elements[vector].map((local, i) => set(local, load("f64.load", i32(0), this.address(vector) + 8 * i))),
    );
  }

  leave(vector: number): Code {
    if (!this.small) return [];
    return sequence(
      ...this.elements[vector].map((local, i) => store("f64.store", i32(0), get(local), this.address(vector) + 8 * i)),
    );
  }
}

/** A vector with its weight in a sum. */
export interface Term {
  readonly vector: number;
  readonly weight: number;
}
