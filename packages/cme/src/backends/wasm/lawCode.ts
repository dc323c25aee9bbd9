import { call, type Code, f64, get, i32, ifElse, load, op, sequence, set } from "@dbd/numerics/wasm/code";
import { compileExpression, type Expression } from "../../expression.ts";
import type { Operation } from "../../expressionTree.ts";
import type { Frame } from "./frame.ts";

/** A function that the module takes from outside: an operation that has no instruction. */
export interface LawImport {
  readonly name: string;
  readonly arity: number;
  readonly run: (...args: number[]) => number;
}

/** Largest power that is written out as products. */
const WRITTEN_POWER = 16;
const yes = (truth: Code): Code => op("f64.convert_i32_u", truth);

/** Writes laws as code: the operations of `compileExpression`, in its order and with its bits. */
export class LawWriter {
  readonly imports: LawImport[] = [];
  private readonly slots: ReadonlyMap<string, number>;
  private readonly constants: ReadonlyMap<string, number>;
  private readonly stateAt: number;

  /** @param stateAt - Address of the state that slots index. */
  constructor(slots: ReadonlyMap<string, number>, constants: ReadonlyMap<string, number>, stateAt: number) {
    this.slots = slots;
    this.constants = constants;
    this.stateAt = stateAt;
  }

  /** The value of an expression whose names are known (`compile` has checked them). */
  code(frame: Frame, expr: Expression): Code {
    if (expr.kind === "number") return f64(expr.value);
    if (expr.kind === "symbol") {
      const slot = this.slots.get(expr.name);
      return slot === undefined
        ? f64(this.constants.get(expr.name)!)
        : load("f64.load", i32(0), this.stateAt + 8 * slot);
    }
    return this.operation(frame, expr.op, expr.args);
  }

  private valueOf(expr: Expression): number | undefined {
    if (expr.kind === "number") return expr.value;
    return expr.kind === "symbol" && !this.slots.has(expr.name) ? this.constants.get(expr.name) : undefined;
  }

  private operation(frame: Frame, name: Operation, args: readonly Expression[]): Code {
    const exponent = name === "^" ? this.valueOf(args[1]) : undefined;
    if (exponent !== undefined && Number.isInteger(exponent) && Math.abs(exponent) <= WRITTEN_POWER) {
      return this.power(frame, this.code(frame, args[0]), exponent);
    }
    const values = args.map((arg) => this.code(frame, arg));
    const fold = (operator: Parameters<typeof op>[0]): Code => values.reduce((a, b) => op(operator, a, b));
    const truth = (value: Code): Code => op("i32.eqz", op("f64.eq", value, f64(0)));
    const logical = (operator: "i32.and" | "i32.or" | "i32.xor"): Code =>
      values.length === 1 ? values[0] : yes(values.map(truth).reduce((a, b) => op(operator, a, b)));
    const compare = (operator: "f64.lt" | "f64.le" | "f64.gt" | "f64.ge" | "f64.eq"): Code =>
      yes(op(operator, ...values));
    switch (name) {
      case "+":
        return fold("f64.add");
      case "*":
        return fold("f64.mul");
      case "/":
        return fold("f64.div");
      case "min":
        return fold("f64.min");
      case "max":
        return fold("f64.max");
      case "neg":
        return op("f64.neg", values[0]);
      case "sqrt":
        return op("f64.sqrt", values[0]);
      case "abs":
        return op("f64.abs", values[0]);
      case "floor":
        return op("f64.floor", values[0]);
      case "ceil":
        return op("f64.neg", op("f64.floor", op("f64.neg", values[0])));
      case "<":
        return compare("f64.lt");
      case "<=":
        return compare("f64.le");
      case ">":
        return compare("f64.gt");
      case ">=":
        return compare("f64.ge");
      case "==":
        return compare("f64.eq");
      case "!=":
        return yes(op("i32.eqz", op("f64.eq", ...values)));
      case "not":
        return yes(op("f64.eq", values[0], f64(0)));
      case "and":
        return logical("i32.and");
      case "or":
        return logical("i32.or");
      case "xor":
        return logical("i32.xor");
      case "piecewise":
        return this.piecewise(frame, values, truth);
      default:
        return call(this.importOf(name, values.length), ...values);
    }
  }

  /** Repeated squaring, as `power` does it. */
  private power(frame: Frame, base: Code, exponent: number): Code {
    if (exponent === 0) return sequence(base, op("drop"), f64(1));
    let square = frame.keep(base);
    const parts: Code[] = [square.set];
    let result: Code | undefined;
    for (let n = Math.abs(exponent); n > 0; n >>= 1) {
      if (n % 2 === 1) {
        const kept = frame.keep(result === undefined ? square.get : op("f64.mul", result, square.get));
        parts.push(kept.set);
        result = kept.get;
      }
      if (n > 1) {
        square = frame.keep(op("f64.mul", square.get, square.get));
        parts.push(square.set);
      }
    }
    return sequence(...parts, exponent < 0 ? op("f64.div", f64(1), result!) : result!);
  }

  /** value₁, condition₁, …, [otherwise]; NaN where no piece applies or a condition is NaN. */
  private piecewise(frame: Frame, values: readonly Code[], truth: (value: Code) => Code): Code {
    const pieces = values.length >> 1;
    let code: Code = values.length % 2 === 1 ? values[values.length - 1] : f64(Number.NaN);
    for (let i = pieces - 1; i >= 0; i--) {
      const local = frame.local();
      const condition = get(local);
      const value = ifElse(op("f64.eq", condition, condition), values[2 * i], condition, "f64");
      code = sequence(set(local, values[2 * i + 1]), ifElse(truth(condition), value, code, "f64"));
    }
    return code;
  }

  private importOf(name: Operation, arity: number): number {
    const key = `${name}/${arity}`;
    const known = this.imports.findIndex((item) => item.name === key);
    if (known >= 0) return known;
    const names = Array.from({ length: arity }, (_, i) => `v${i}`);
    const args = names.map((symbol): Expression => ({ kind: "symbol", name: symbol }));
    const run = compileExpression({ kind: "call", op: name, args }, new Map(names.map((symbol, i) => [symbol, i])));
    const values = new Float64Array(arity);
    return (
      this.imports.push({
        name: key,
        arity,
        run: (...given) => {
          for (let i = 0; i < arity; i++) values[i] = given[i];
          return run(values);
        },
      }) - 1
    );
  }
}
