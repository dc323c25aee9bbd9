import { ArgumentError } from "@dbd/numerics/errors";
import type { Layer } from "./layer.ts";

/** Several layers side by side as one: units of different kinds on the same side of a machine. */
export function joined(layers: readonly Layer[]): Layer {
  if (layers.length === 0) throw new ArgumentError("joined", "needs at least one layer");
  if (layers.length === 1) return layers[0];
  const starts: number[] = [];
  let size = 0;
  for (const layer of layers) {
    starts.push(size);
    size += layer.size;
  }
  const kind = JSON.stringify(layers[0].states);
  const alike = layers.every((layer) => layer.parts === undefined && JSON.stringify(layer.states) === kind);
  return {
    name: [...new Set(layers.map((layer) => layer.name))].join(" and "),
    size,
    states: alike ? layers[0].states : undefined,
    parts: layers,
    logPartition: (field, offset) =>
      layers.reduce((sum, layer, l) => sum + layer.logPartition(field, offset + starts[l]), 0),
    mean(field, offset, out) {
      layers.forEach((layer, l) => layer.mean(field, offset + starts[l], out));
    },
    sample(field, offset, random, out) {
      layers.forEach((layer, l) => layer.sample(field, offset + starts[l], random, out));
    },
  };
}
