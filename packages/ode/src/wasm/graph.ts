/** Functions of one number. `not` and the comparisons give 1 or 0. */
export type UnaryOp =
  | ("neg" | "abs" | "sqrt" | "floor" | "ceil" | "exp" | "log" | "not")
  | ("sin" | "cos" | "asin" | "atan" | "sinh" | "tanh" | "factorial");
export type BinaryOp = "add" | "sub" | "mul" | "div" | "pow" | "min" | "max" | "lt" | "le" | "eq";
/** `select(c, a, b)` is a where c is not 0, else b; both are evaluated. */
export type GraphOp = "constant" | "state" | "coefficient" | UnaryOp | BinaryOp | "select";

/** A value of a graph, as a number: later ones depend on earlier ones only. */
export type Node = number;

/** What a derivative is taken by. */
export type Leaf = { readonly kind: "state" | "coefficient"; readonly index: number };

/** Largest whole exponent that is written out as products. */
const unrolledExponent = 32;

/**
 * Expressions of states and coefficients as one graph in which equal parts stand once, with symbolic derivatives: what the
 * emitted WebAssembly and the interpreter are made from. Sums and products with 0 and 1 are simplified, constants folded.
 */
export class Graph {
  readonly ops: GraphOp[] = [];
  /** Arguments; for leaves the first one is the index. */
  readonly a: number[] = [];
  readonly b: number[] = [];
  readonly c: number[] = [];
  /** Values of constants. */
  readonly value: number[] = [];
  private readonly known = new Map<string, Node>();
  private readonly tangents = new Map<string, Map<Node, Node>>();

  private node(op: GraphOp, a = 0, b = 0, c = 0, value = 0): Node {
    const key = op === "constant" ? `= ${Object.is(value, -0) ? "-0" : value}` : `${op} ${a} ${b} ${c}`;
    const found = this.known.get(key);
    if (found !== undefined) return found;
    this.a.push(a);
    this.b.push(b);
    this.c.push(c);
    this.value.push(value);
    const made = this.ops.push(op) - 1;
    this.known.set(key, made);
    return made;
  }

  constant(value: number): Node {
    return this.node("constant", 0, 0, 0, value);
  }

  state(index: number): Node {
    return this.node("state", index);
  }

  coefficient(index: number): Node {
    return this.node("coefficient", index);
  }

  /** The value of a constant node, else undefined. */
  fixed(node: Node): number | undefined {
    return this.ops[node] === "constant" ? this.value[node] : undefined;
  }

  unary(op: UnaryOp, a: Node): Node {
    const value = this.fixed(a);
    if (value !== undefined) return this.constant(apply(op, value, 0, 0));
    if (op === "neg" && this.ops[a] === "neg") return this.a[a];
    return this.node(op, a);
  }

  binary(op: BinaryOp, a: Node, b: Node): Node {
    const [x, y] = [this.fixed(a), this.fixed(b)];
    if (x !== undefined && y !== undefined) return this.constant(apply(op, x, y, 0));
    if (op === "add" && (x === 0 || y === 0)) return x === 0 ? b : a;
    if (op === "sub" && y === 0) return a;
    if (op === "sub" && x === 0) return this.unary("neg", b);
    if (op === "mul") {
      if (x === 0 || y === 0) return this.constant(0);
      if (x === 1 || y === 1) return x === 1 ? b : a;
      if (x === -1 || y === -1) return this.unary("neg", x === -1 ? b : a);
    }
    if (op === "div" && y === 1) return a;
    if (op === "div" && x === 0) return a;
    if (op === "pow" && y !== undefined && Number.isInteger(y) && Math.abs(y) <= unrolledExponent)
      return this.wholePower(a, y);
    return this.node(op, a, b);
  }

  select(condition: Node, a: Node, b: Node): Node {
    const known = this.fixed(condition);
    if (known !== undefined) return known !== 0 ? a : b;
    return a === b ? a : this.node("select", condition, a, b);
  }

  add(a: Node, b: Node): Node {
    return this.binary("add", a, b);
  }

  mul(a: Node, b: Node): Node {
    return this.binary("mul", a, b);
  }

  /** Repeated squaring. */
  private wholePower(a: Node, exponent: number): Node {
    let result = this.constant(1);
    let square = a;
    for (let rest = Math.abs(exponent); rest > 0; rest = Math.floor(rest / 2)) {
      if (rest % 2 === 1) result = this.mul(result, square);
      if (rest > 1) square = this.mul(square, square);
    }
    return exponent < 0 ? this.binary("div", this.constant(1), result) : result;
  }

  /** How many arguments a node has. */
  private arity(node: Node): 0 | 1 | 2 | 3 {
    return arities[this.ops[node]];
  }

  /** Arguments of a node. */
  argumentsOf(node: Node): readonly Node[] {
    const count = this.arity(node);
    if (count === 0) return [];
    if (count === 1) return [this.a[node]];
    return count === 2 ? [this.a[node], this.b[node]] : [this.a[node], this.b[node], this.c[node]];
  }

  /** All nodes that `roots` need, arguments before what uses them. */
  reachable(roots: Iterable<Node>): Node[] {
    const seen = new Set<Node>(roots);
    for (const node of seen) for (const argument of this.argumentsOf(node)) seen.add(argument); // a set grows while it is read
    return [...Int32Array.from(seen).sort()];
  }

  /** The states and coefficients that a node depends on. */
  leaves(root: Node): Leaf[] {
    return this.reachable([root]).flatMap((node): Leaf[] => {
      const kind = this.ops[node];
      return kind === "state" || kind === "coefficient" ? [{ kind, index: this.a[node] }] : [];
    });
  }

  /** The derivative of a node. Steps have derivative 0; |x|, min and max take the side they are on. */
  derivative(root: Node, leaf: Leaf): Node {
    const key = `${leaf.kind} ${leaf.index}`;
    let tangent = this.tangents.get(key);
    if (tangent === undefined) this.tangents.set(key, (tangent = new Map()));
    const done = tangent;
    const at = (node: Node): Node => done.get(node) ?? this.constant(0);
    if (done.has(root)) return at(root);
    for (const node of this.reachable([root])) if (!done.has(node)) done.set(node, this.rule(node, leaf, at));
    return at(root);
  }

  private rule(node: Node, leaf: Leaf, tangent: (node: Node) => Node): Node {
    const zero = this.constant(0);
    const op = this.ops[node];
    const [a, b, c] = [this.a[node], this.b[node], this.c[node]];
    if (op === "constant") return zero;
    if (op === "state" || op === "coefficient") return this.constant(op === leaf.kind && a === leaf.index ? 1 : 0);
    if (this.argumentsOf(node).every((argument) => tangent(argument) === zero)) return zero;
    const da = tangent(a);
    if (op === "select") return this.select(a, tangent(b), tangent(c));
    if (this.arity(node) === 1) return this.mul(this.slope(op as UnaryOp, node, a), da);
    return this.binaryRule(op as BinaryOp, node, [a, b], [da, tangent(b)]);
  }

  private binaryRule(op: BinaryOp, node: Node, [a, b]: readonly Node[], [da, db]: readonly Node[]): Node {
    switch (op) {
      case "add":
      case "sub":
        return this.binary(op, da, db);
      case "mul":
        return this.add(this.mul(da, b), this.mul(a, db));
      case "div":
        return this.binary("div", this.binary("sub", da, this.mul(node, db)), b);
      case "min":
        return this.select(this.binary("le", a, b), da, db);
      case "max":
        return this.select(this.binary("le", a, b), db, da);
      case "pow": {
        const one = this.constant(1);
        const base = this.mul(this.mul(b, this.binary("pow", a, this.binary("sub", b, one))), da);
        // 0^b does not move with b
        const log = this.select(this.binary("eq", a, this.constant(0)), this.constant(0), this.unary("log", a));
        return this.add(base, this.mul(this.mul(node, log), db));
      }
      default:
        return this.constant(0);
    }
  }

  /** f′ of a function of one number. */
  private slope(op: UnaryOp, node: Node, a: Node): Node {
    const one = this.constant(1);
    const over = (x: Node): Node => this.binary("div", one, x);
    const square = (x: Node): Node => this.mul(x, x);
    switch (op) {
      case "neg":
        return this.constant(-1);
      case "abs":
        return this.select(this.binary("lt", a, this.constant(0)), this.constant(-1), one);
      case "sqrt":
        return this.binary("div", this.constant(0.5), node);
      case "exp":
        return node;
      case "log":
        return over(a);
      case "sin":
        return this.unary("cos", a);
      case "cos":
        return this.unary("neg", this.unary("sin", a));
      case "asin":
        return over(this.unary("sqrt", this.binary("sub", one, square(a))));
      case "atan":
        return over(this.add(one, square(a)));
      case "sinh":
        return this.unary("sqrt", this.add(one, square(node)));
      case "tanh":
        return this.binary("sub", one, square(node));
      default: // steps
        return this.constant(0);
    }
  }
}

const unary = ["neg", "abs", "sqrt", "floor", "ceil", "exp", "log", "not"] as const;
const imported = ["sin", "cos", "asin", "atan", "sinh", "tanh", "factorial"] as const;
const binary = ["add", "sub", "mul", "div", "pow", "min", "max", "lt", "le", "eq"] as const;

/** Functions that the emitted module takes from JavaScript. */
export const importedOps: readonly UnaryOp[] = imported;

const each = <K extends string, V>(keys: readonly K[], value: V): Record<K, V> =>
  Object.fromEntries(keys.map((key) => [key, value])) as Record<K, V>;
const arities: Readonly<Record<GraphOp, 0 | 1 | 2 | 3>> = {
  constant: 0,
  state: 0,
  coefficient: 0,
  ...each(unary, 1),
  ...each(imported, 1),
  ...each(binary, 2),
  select: 3,
};

/** Numbers of the operations, in the interpreter's table. */
export const opNumber: ReadonlyMap<GraphOp, number> = new Map(
  (Object.keys(arities) as GraphOp[]).map((op, i) => [op, i]),
);

function factorial(n: number): number {
  if (!(Number.isInteger(n) && n >= 0)) return Number.NaN;
  let product = 1;
  for (let k = 2; k <= n && product < Infinity; k++) product *= k;
  return product;
}

/** The operations that are not leaves. */
export function apply(op: GraphOp, a: number, b: number, c: number): number {
  switch (op) {
    case "add":
      return a + b;
    case "sub":
      return a - b;
    case "mul":
      return a * b;
    case "div":
      return a / b;
    case "pow":
      return a ** b;
    case "min":
      return Math.min(a, b);
    case "max":
      return Math.max(a, b);
    case "lt":
      return a < b ? 1 : 0;
    case "le":
      return a <= b ? 1 : 0;
    case "eq":
      return a === b ? 1 : 0;
    case "select":
      return a !== 0 ? b : c;
    case "neg":
      return -a;
    case "not":
      return a === 0 ? 1 : 0;
    case "factorial":
      return factorial(a);
    case "constant":
    case "state":
    case "coefficient":
      return a;
    default:
      return Math[op](a);
  }
}
