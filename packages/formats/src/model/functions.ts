import { type Expression, maximalDepth } from "@dbd/cme/expression";
import { didYouMean, SourceError, type SourcePlace, UnsupportedError } from "@dbd/numerics/errors";

/** A user function: its body over the names of its arguments. */
export interface UserFunction {
  readonly parameters: readonly string[];
  readonly body: Expression;
}

/** Nodes of the largest formula that functions may unfold into. */
const mostNodes = 100_000;

/** The same for all calls of one document together. */
const mostUnfolded = 5_000_000;

const measures = new WeakMap<Expression, readonly [nodes: number, depth: number]>();

/** Nodes and depth of a formula as a tree; parts that are one object are measured once. */
function measure(expr: Expression): readonly [nodes: number, depth: number] {
  if (expr.kind !== "call") return [1, 1];
  const known = measures.get(expr);
  if (known !== undefined) return known;
  let nodes = 1;
  let depth = 0;
  for (const arg of expr.args) {
    const [n, d] = measure(arg);
    nodes += n;
    depth = Math.max(depth, d);
  }
  const found = [nodes, depth + 1] as const;
  measures.set(expr, found);
  return found;
}

/** @throws {UnsupportedError | SourceError} For a formula that functions made too large or too deep. */
export function checkSize(expr: Expression, place: SourcePlace): void {
  const [nodes, depth] = measure(expr);
  if (nodes > mostNodes)
    throw new UnsupportedError(`a formula that unfolds into more than ${mostNodes} terms`, { place });
  if (depth > maximalDepth)
    throw new SourceError(place, `a formula that unfolds into more than ${maximalDepth} levels`);
}

/** Replaces symbols; parts without any stay the same object. */
export function substitute(expr: Expression, valueOf: (name: string) => Expression | undefined): Expression {
  if (expr.kind === "number") return expr;
  if (expr.kind === "symbol") return valueOf(expr.name) ?? expr;
  const args = expr.args.map((arg) => substitute(arg, valueOf));
  return args.every((arg, i) => arg === expr.args[i]) ? expr : { ...expr, args };
}

/** The user functions of one document, read when they are first called, so that their order does not matter. */
export class UserFunctions {
  private readonly ready = new Map<string, UserFunction>();
  private readonly open = new Set<string>();
  private unfolded = 0;
  private readonly readers: ReadonlyMap<string, () => UserFunction>;

  constructor(readers: ReadonlyMap<string, () => UserFunction> = new Map()) {
    this.readers = readers;
  }

  private find(name: string, place: SourcePlace): UserFunction {
    const known = this.ready.get(name);
    if (known !== undefined) return known;
    const read = this.readers.get(name);
    if (read === undefined) {
      const near = didYouMean(name, [...this.readers.keys()]);
      throw new SourceError(place, `the function "${name}" is not declared`, {
        hint: near === undefined ? undefined : `Did you mean "${near}"?`,
      });
    }
    if (this.open.has(name)) throw new SourceError(place, `the function "${name}" calls itself`);
    if (this.open.size > maximalDepth)
      throw new SourceError(place, `functions that call one another more than ${maximalDepth} levels deep`);
    this.open.add(name);
    const made = read();
    this.open.delete(name);
    this.ready.set(name, made);
    return made;
  }

  has(name: string): boolean {
    return this.readers.has(name);
  }

  /** Reads every function, so that a wrong one is found though nothing calls it. */
  readAll(place: SourcePlace): void {
    for (const name of this.readers.keys()) this.find(name, place);
  }

  /** The body with the arguments put in. @throws {SourceError} For an unknown name or a wrong number of arguments. */
  call(name: string, args: readonly Expression[], place: SourcePlace): Expression {
    const { parameters, body } = this.find(name, place);
    if (args.length !== parameters.length) {
      const wanted = `${parameters.length} argument${parameters.length === 1 ? "" : "s"}`;
      throw new SourceError(place, `the function "${name}" takes ${wanted}, got ${args.length}`);
    }
    this.unfolded += measure(body)[0];
    if (this.unfolded > mostUnfolded)
      throw new UnsupportedError(`functions that unfold into more than ${mostUnfolded} terms`, { place });
    const values = new Map(parameters.map((parameter, i) => [parameter, args[i]]));
    const result = substitute(body, (parameter) => values.get(parameter));
    checkSize(result, place);
    return result;
  }
}
