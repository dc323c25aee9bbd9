import type { FigureArray } from "../src/data.ts";

/** Nested rows as one array with its shape. */
export function pack(rows: unknown): FigureArray {
  const shape: number[] = [];
  for (let level = rows; typeof level === "object" && level !== null && "length" in level; ) {
    const list = level as ArrayLike<unknown>;
    shape.push(list.length);
    level = list[0];
  }
  const flat: number[] = [];
  const walk = (value: unknown): void => {
    if (typeof value === "number") flat.push(value);
    else for (const item of Array.from(value as ArrayLike<unknown>)) walk(item);
  };
  walk(rows);
  return { shape, data: Float64Array.from(flat) };
}

/** Evenly spaced, on a log scale where asked. */
export function steps(start: number, end: number, count: number, log = false): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => {
    const s = i / (count - 1);
    return log ? start * (end / start) ** s : start + (end - start) * s;
  });
}
