import { type Expression, type Operation, timeSymbol } from "@dbd/cme/expression";

/** Words in which a format's formulas differ. */
export interface InfixWords {
  readonly and: string;
  readonly or: string;
  readonly not: string;
  readonly time: string;
  /** Functions, with their printed arguments. */
  readonly call: (op: Operation, args: readonly string[]) => string;
}

const powers: Readonly<Partial<Record<Operation, number>>> = {
  or: 1,
  and: 2,
  not: 3,
  "<": 4,
  "<=": 4,
  ">": 4,
  ">=": 4,
  "==": 4,
  "!=": 4,
  "+": 5,
  "*": 6,
  "/": 6,
  neg: 7,
  "^": 8,
};

/** Writes an expression as `parseInfix` reads it in one dialect, with brackets wherever precedence could be in doubt. */
export function printInfix(expr: Expression, words: InfixWords, nameOf: (name: string) => string): string {
  const print = (e: Expression, least: number): string => {
    if (e.kind === "number") return e.value < 0 || Object.is(e.value, -0) ? `(${e.value})` : `${e.value}`;
    if (e.kind === "symbol") return e.name === timeSymbol ? words.time : nameOf(e.name);
    const { op, args } = e;
    const power = powers[op];
    if (power === undefined)
      return words.call(
        op,
        args.map((arg) => print(arg, 0)),
      );
    const inside = args.map((arg) => print(arg, power + 1));
    const word = op === "and" || op === "or" ? words[op] : op;
    const text =
      op === "neg"
        ? `-${inside[0]}`
        : op === "not"
          ? `${words.not}${/^\w/.test(words.not) ? " " : ""}(${print(args[0], 0)})`
          : inside.length === 1
            ? inside[0]
            : inside.join(op === "^" ? "^" : ` ${word} `);
    return power < least ? `(${text})` : text;
  };
  return print(expr, 0);
}
