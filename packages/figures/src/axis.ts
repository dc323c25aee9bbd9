import { formatNumber, power, textWidth } from "./text.ts";

/** What a panel wants of an axis: kind and range of the data. */
export interface Range {
  readonly type: "linear" | "log";
  readonly min: number;
  readonly max: number;
}

/** An axis as drawn. */
export interface Axis {
  readonly type: "linear" | "log";
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
  readonly labels: readonly string[];
  /** Position of a value along the axis, 0 at the start of the domain and 1 at its end. */
  readonly place: (value: number) => number;
}

/** 1, 2 or 5 times a power of ten, so that at most `count` steps make `span`. */
function niceStep(span: number, count: number): number {
  const raw = span / Math.max(1, count);
  const decade = 10 ** Math.floor(Math.log10(raw));
  const ratio = raw / decade;
  return decade * (ratio > 5.01 ? 10 : ratio > 2.01 ? 5 : ratio > 1.01 ? 2 : 1);
}

/** A linear axis with at most about `count` ticks. `nice` widens the domain to whole steps. */
export function linearAxis(min: number, max: number, count: number, nice: boolean): Axis {
  const flat = max - min <= 1e-12 * Math.max(Math.abs(min), Math.abs(max));
  const pad = flat ? Math.abs(max) * 0.5 || 1 : 0; // one value alone still needs an interval around it
  const low = min - pad;
  const high = max + pad;
  const step = niceStep(high - low, count);
  const first = nice ? Math.floor(low / step + 1e-9) : Math.ceil(low / step - 1e-9);
  const last = nice ? Math.ceil(high / step - 1e-9) : Math.floor(high / step + 1e-9);
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  const domain: [number, number] = nice ? [first * step, last * step] : [low, high];
  const precision = Math.max(1, Math.ceil(Math.log10(Math.max(Math.abs(low), Math.abs(high)) / step) + 1 - 1e-9) + 1);
  const labels = ticks.map((tick) => formatNumber(Math.abs(tick) < step / 2 ? 0 : tick, precision));
  return { type: "linear", domain, ticks, labels, place: (v) => (v - domain[0]) / (domain[1] - domain[0]) };
}

/** A logarithmic axis with at most `count` ticks: whole decades, or 1, 2, 5 where the range is short. `nice` widens to decades. */
export function logAxis(min: number, max: number, count: number, nice: boolean): Axis {
  const flat = max <= min * (1 + 1e-12);
  let low = Math.log10(min) - (flat ? 0.5 : 0);
  let high = Math.log10(max) + (flat ? 0.5 : 0);
  if (nice) {
    low = Math.floor(low + 1e-9);
    high = Math.max(low + 1, Math.ceil(Math.min(high, 308) - 1e-9));
  }
  const stride = Math.max(1, Math.ceil((high - low) / Math.max(1, count)));
  const factors = high - low <= 3 && (high - low) * 3 <= count ? [1, 2, 5] : [1];
  const plain = low >= -3 - 1e-9 && high <= 4 + 1e-9;
  const ticks: number[] = [];
  const labels: string[] = [];
  for (let k = Math.floor(low); k <= high + 1e-9; k++) {
    if ((k - (nice ? low : 0)) % stride !== 0) continue;
    for (const factor of factors) {
      const at = k + Math.log10(factor);
      if (at < low - 1e-9 || at > high + 1e-9) continue;
      const tick = k < 0 ? factor / 10 ** -k : factor * 10 ** k;
      ticks.push(tick);
      labels.push(plain ? formatNumber(tick, 1) : (factor === 1 ? "" : `${factor}·`) + power(k));
    }
  }
  const place = (v: number): number => (Math.log10(v) - low) / (high - low);
  return { type: "log", domain: [10 ** low, 10 ** high], ticks, labels, place };
}

/** The axis for a range on `pixels` pixels, about one tick each `spacing` pixels. */
export function axisFor(range: Range, pixels: number, spacing: number, nice: boolean): Axis {
  const make = range.type === "log" ? logAxis : linearAxis;
  return make(range.min, range.max, Math.max(1, Math.floor(pixels / spacing)), nice);
}

/** The axis without the tick labels that would touch the one before them. Ticks keep their lines. */
export function sparseLabels(axis: Axis, pixels: number): Axis {
  let end = -Infinity;
  const labels = axis.labels.map((label, i) => {
    const at = axis.place(axis.ticks[i] ?? 0) * pixels;
    const half = textWidth(label) / 2;
    if (at - half < end + 6) return "";
    end = at + half;
    return label;
  });
  return { ...axis, labels };
}

/** The axis with empty room before its start: `share` of the whole length. Ticks stay where the data are. */
export function widened(axis: Axis, share: number): Axis {
  const { type, domain, place } = axis;
  const back = share / (1 - share);
  const start =
    type === "log" ? domain[0] * (domain[0] / domain[1]) ** back : domain[0] - (domain[1] - domain[0]) * back;
  return { ...axis, domain: [start, domain[1]], place: (v) => share + (1 - share) * place(v) };
}
