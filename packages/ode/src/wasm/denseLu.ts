import {
  block,
  branch,
  branchIf,
  type Code,
  f64,
  get,
  i32,
  ifElse,
  load,
  loop,
  op,
  sequence,
  set,
  store,
} from "@dbd/numerics/wasm/code";
import type { FunctionSpec } from "@dbd/numerics/wasm/module";
import { Locals } from "./lanes.ts";

/** A full matrix in memory, row by row, with at least one column of zeros behind. */
export interface DenseMatrix {
  readonly size: number;
  /** Address of the first element, and bytes of a row. */
  readonly base: number;
  readonly stride: number;
  /** Address of the pivots, four bytes each: where in a vector the element stands that is swapped with element j. */
  readonly pivots: number;
}

const add = (a: Code, b: Code): Code => op("i32.add", a, b);
const value = (address: Code): Code => load("f64.load", address);

/** Runs `body` while the local is below `end`, which is read at each turn. */
const ascending = (local: number, from: Code, end: Code, step: number, body: Code): Code =>
  sequence(
    set(local, from),
    block(
      loop(
        sequence(branchIf(1, op("i32.ge_s", get(local), end)), body, set(local, add(get(local), i32(step))), branch(0)),
      ),
    ),
  );

/**
 * `factor() → i32`: LU factors with partial pivoting in place, as `factorLu`, two columns at once; 0 when a pivot is 0 or
 * not finite.
 */
export function denseFactor({ size, base, stride, pivots }: DenseMatrix): FunctionSpec {
  const locals = new Locals(0);
  const [row, other, pivot, offset, place, column, end, from] = Array.from({ length: 8 }, () => locals.local("i32"));
  const [head, factor] = [locals.local(), locals.local()];
  const both = locals.local("v128");
  const last = i32(base + size * stride);
  // `row` is the address of row j, `column` the offset of column j
  const at = (r: number): Code => add(get(r), get(column));
  const search = sequence(
    set(pivot, get(row)),
    set(offset, get(column)),
    set(place, get(column)),
    ascending(
      other,
      add(get(row), i32(stride)),
      last,
      stride,
      sequence(
        set(place, add(get(place), i32(8))),
        ifElse(
          op("f64.gt", op("f64.abs", value(at(other))), op("f64.abs", value(at(pivot)))),
          sequence(set(pivot, get(other)), set(offset, get(place))),
        ),
      ),
    ),
    set(head, value(at(pivot))),
  );
  const bad = op(
    "i32.eqz",
    op(
      "i32.and",
      op("f64.gt", op("f64.abs", get(head)), f64(0)),
      op("f64.lt", op("f64.abs", get(head)), f64(Infinity)),
    ),
  );
  const swap = sequence(
    set(end, add(get(row), i32(8 * size))),
    set(from, op("i32.sub", get(pivot), get(row))),
    ascending(
      place,
      at(row),
      get(end),
      8,
      sequence(
        set(factor, value(get(place))),
        store("f64.store", get(place), value(add(get(place), get(from)))),
        store("f64.store", add(get(place), get(from)), get(factor)),
      ),
    ),
  );
  const eliminate = sequence(
    set(factor, op("f64.div", value(at(other)), get(head))),
    store("f64.store", at(other), get(factor)),
    ifElse(
      op("i32.eqz", op("f64.eq", get(factor), f64(0))),
      sequence(
        set(both, op("f64x2.splat", get(factor))),
        set(from, op("i32.sub", get(row), get(other))),
        set(end, add(get(other), i32(8 * size))),
        ascending(
          place,
          add(at(other), i32(8)),
          get(end),
          16,
          store(
            "v128.store",
            get(place),
            op(
              "f64x2.sub",
              load("v128.load", get(place)),
              op("f64x2.mul", get(both), load("v128.load", add(get(place), get(from)))),
            ),
          ),
        ),
      ),
    ),
  );
  const pivotAt = op("i32.shr_u", get(column), i32(1)); // 4 j
  const body = sequence(
    set(column, i32(0)),
    ascending(
      row,
      i32(base),
      last,
      stride,
      sequence(
        search,
        ifElse(bad, sequence(i32(0), op("return"))),
        store("i32.store", pivotAt, get(offset), pivots),
        ifElse(op("i32.ne", get(pivot), get(row)), swap),
        ascending(other, add(get(row), i32(stride)), last, stride, eliminate),
        set(column, add(get(column), i32(8))),
      ),
    ),
    i32(1),
  );
  return { results: ["i32"], locals: locals.types, body };
}

/** `solve(b)`: solves with the factors; the vector at address b becomes x. As `solveLu`. */
export function denseSolve({ size, base, stride, pivots }: DenseMatrix): FunctionSpec {
  const locals = new Locals(1);
  const b = 0;
  const [row, at, below, place, column] = Array.from({ length: 5 }, () => locals.local("i32"));
  const [part, sum] = [locals.local(), locals.local()];
  const end = add(get(b), i32(8 * size));
  const last = i32(base + size * stride);
  const minus = (x: Code, y: Code): Code => op("f64.sub", x, y);
  const partner = add(get(b), load("i32.load", op("i32.shr_u", get(column), i32(1)), pivots));
  const forward = sequence(
    set(column, i32(0)),
    set(row, i32(base)),
    ascending(
      at,
      get(b),
      end,
      8,
      sequence(
        set(place, partner),
        set(part, value(get(place))),
        store("f64.store", get(place), value(get(at))),
        store("f64.store", get(at), get(part)),
        set(place, add(get(at), i32(8))),
        ascending(
          below,
          add(get(row), i32(stride)),
          last,
          stride,
          sequence(
            store(
              "f64.store",
              get(place),
              minus(value(get(place)), op("f64.mul", value(add(get(below), get(column))), get(part))),
            ),
            set(place, add(get(place), i32(8))),
          ),
        ),
        set(row, add(get(row), i32(stride))),
        set(column, add(get(column), i32(8))),
      ),
    ),
  );
  const back = sequence(
    set(column, i32(8 * (size - 1))),
    set(row, i32(base + (size - 1) * stride)),
    loop(
      sequence(
        set(at, add(get(b), get(column))),
        set(sum, value(get(at))),
        set(place, add(get(at), i32(8))),
        set(below, add(add(get(row), get(column)), i32(8))),
        block(
          loop(
            sequence(
              branchIf(1, op("i32.ge_s", get(place), end)),
              set(sum, minus(get(sum), op("f64.mul", value(get(below)), value(get(place))))),
              set(place, add(get(place), i32(8))),
              set(below, add(get(below), i32(8))),
              branch(0),
            ),
          ),
        ),
        store("f64.store", get(at), op("f64.div", get(sum), value(add(get(row), get(column))))),
        set(row, op("i32.sub", get(row), i32(stride))),
        set(column, op("i32.sub", get(column), i32(8))),
        branchIf(0, op("i32.ge_s", get(column), i32(0))),
      ),
    ),
  );
  return { params: ["i32"], locals: locals.types, body: sequence(forward, back) };
}
