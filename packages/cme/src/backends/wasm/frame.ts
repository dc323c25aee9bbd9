import { type Code, get, i32, load, op, set, tee } from "@dbd/numerics/wasm/code";
import type { ValueType } from "@dbd/numerics/wasm/opcodes";

const bits = new BigInt64Array(1);
const double = new Float64Array(bits.buffer);

/** The 64 bits of a double. */
export function bitsOf(value: number): bigint {
  double[0] = value;
  return bits[0];
}

type LoadName = "i64.load" | "f64.load" | "v128.load";

/** How a number is held: one double, or two side by side in a vector. */
export interface NumberKind {
  readonly type: "f64" | "v128";
  readonly float: "f64" | "f64x2";
  readonly load: "f64.load" | "v128.load";
  readonly store: "f64.store" | "v128.store";
  readonly bytes: 8 | 16;
}

export const single: NumberKind = { type: "f64", float: "f64", load: "f64.load", store: "f64.store", bytes: 8 };
export const pair: NumberKind = { type: "v128", float: "f64x2", load: "v128.load", store: "v128.store", bytes: 16 };

/** What the frames of one function share. */
interface FunctionStore {
  readonly locals: ValueType[];
  readonly constants: bigint[];
  readonly constantsAt: number;
  readonly parameters: number;
  readonly known: Map<string, number>;
  readonly loads: Code[];
}

/** Locals and constants of a function that is being written, with numbers of one kind. */
export class Frame {
  readonly kind: NumberKind;
  private readonly shared: FunctionStore;

  constructor(kind: NumberKind, parameters: number, constantsAt: number, shared?: FunctionStore) {
    this.kind = kind;
    this.shared = shared ?? { locals: [], constants: [], constantsAt, parameters, known: new Map(), loads: [] };
  }

  /** The same function, with numbers of another kind. */
  with(kind: NumberKind): Frame {
    return new Frame(kind, 0, 0, this.shared);
  }

  get locals(): readonly ValueType[] {
    return this.shared.locals;
  }

  get constants(): readonly bigint[] {
    return this.shared.constants;
  }

  /** A new local, by default of the frame's kind of number. */
  local(type: ValueType = this.kind.type): number {
    return this.shared.parameters + this.shared.locals.push(type) - 1;
  }

  /** Keeps a value in a new local: the code that sets it and reads it at once, and the code that reads it again. */
  keep(value: Code, type: ValueType = this.kind.type): { readonly set: Code; readonly tee: Code; readonly get: Code } {
    const local = this.local(type);
    return { set: set(local, value), tee: tee(local, value), get: get(local) };
  }

  /** A constant of 64 bits in a local. (A load at each use is scheduled early by engines, and then spilled.) */
  private constant(value: bigint, type: ValueType, name: LoadName): Code {
    const { known, loads, constants, constantsAt } = this.shared;
    const key = `${type} ${value}`;
    let local = known.get(key);
    if (local === undefined) {
      local = this.local(type);
      known.set(key, local);
      loads.push(set(local, load(name, i32(0), constantsAt + 16 * (constants.push(value) - 1))));
    }
    return get(local);
  }

  number(value: number): Code {
    return this.constant(bitsOf(value), this.kind.type, this.kind.load);
  }

  integer(value: bigint): Code {
    const scalar = this.kind === single;
    return this.constant(value, scalar ? "i64" : "v128", scalar ? "i64.load" : "v128.load");
  }

  /** Loads the constants; call it when everything else is written. */
  get prologue(): Code {
    return this.shared.loads.flat();
  }

  add(a: Code, b: Code): Code {
    return op(`${this.kind.float}.add`, a, b);
  }

  sub(a: Code, b: Code): Code {
    return op(`${this.kind.float}.sub`, a, b);
  }

  mul(a: Code, b: Code): Code {
    return op(`${this.kind.float}.mul`, a, b);
  }

  div(a: Code, b: Code): Code {
    return op(`${this.kind.float}.div`, a, b);
  }
}
