import { asinhChart, type Chart, orthonormalChart } from "@dbd/boltzmann";
import type { AwakeData } from "./awake.ts";
import { needsDataForChart, type Setup } from "./setup.ts";

/**
 * A setup whose chart takes its scales from the training data, and the data's paths in it. Orthonormal: polynomials
 * orthonormal under the time-averaged law. asinh: y = asinh(θ/s) of those coordinates θ, with s the median of |θ|.
 */
export function withDataChart(
  setup: Setup,
  data: readonly AwakeData[],
): { readonly setup: Setup; readonly data: readonly AwakeData[] } {
  if (!needsDataForChart(setup.experiment.input)) return { setup, data };
  const training = data.filter(({ request }) => request.role === "training");
  const linear = orthonormalChart(setup.family, averageLaw(training));
  const chart = setup.experiment.input.chart === "orthonormal" ? linear : asinhChart(scaleOf(training, linear), linear);
  return { setup: { ...setup, chart }, data: data.map((d) => inChart(d, chart)) };
}

/** Σ p(n, t) over training starts and times. */
function averageLaw(data: readonly AwakeData[]): Float64Array {
  const tables = data.flatMap((d) => d.tables);
  const sum = new Float64Array(Math.max(...tables.map((p) => p.length)));
  for (const p of tables) for (let n = 0; n < p.length; n++) sum[n] += p[n];
  return sum;
}

function scaleOf(data: readonly AwakeData[], linear: Chart): Float64Array {
  const thetas = data.map((d) => inChart(d, linear).path);
  const P = data[0].y0.length;
  return Float64Array.from({ length: P }, (_, k) => {
    const sizes = thetas.flatMap((theta) =>
      Array.from(
        theta.filter((v, i) => i % P === k && v === v),
        Math.abs,
      ),
    );
    return sizes.toSorted((a, b) => a - b)[sizes.length >> 1];
  });
}

/** The data with `path` and `y0`, so far ν itself, in a chart. */
function inChart(data: AwakeData, chart: Chart): AwakeData {
  const P = data.y0.length;
  const path = data.path.slice();
  for (let t = 0; t < path.length; t += P) {
    const at = path.slice(t, t + P);
    if (at.every(Number.isFinite)) chart.fromNu(at, path.subarray(t, t + P));
  }
  const y0 = data.y0.slice();
  chart.fromNu(data.y0, y0);
  return { ...data, path, y0 };
}
