import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The layer table: package → the packages of ours it may import. ARCHITECTURE: arrows point down only. */
export type Layers = Readonly<Record<string, readonly string[]>>;

export const readLayers = (root: string): Layers =>
  JSON.parse(readFileSync(join(root, "tooling/layers.json"), "utf8")) as Layers;

/** Everything of ours but the named packages: by file, or by name where the import did not resolve. */
const outside = (allowed: readonly string[]): string =>
  `^(packages/(?!(${allowed.join("|")})/)|apps/|@dbd/(?!(${allowed.join("|")})(/|$)))`;

/** Dependency-cruiser rules that follow from the table, and from nothing else. */
export const cruiserRules = (layers: Layers): { forbidden: object[] } => ({
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    ...Object.entries(layers).map(([name, below]) => ({
      name: `layer-${name}`,
      severity: "error",
      from: { path: `^packages/${name}/src` },
      to: { path: outside([name, ...below]) },
    })),
  ],
});

/** Dependencies on ours that a package.json declares against the table. */
export function undeclaredLayers(root: string, layers: Layers): string[] {
  return Object.entries(layers).flatMap(([name, below]) => {
    const manifest = JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8")) as {
      dependencies?: Record<string, string>;
    };
    return Object.keys(manifest.dependencies ?? {})
      .filter((d) => d.startsWith("@dbd/") && !below.includes(d.slice(5)))
      .map((d) => `packages/${name}/package.json depends on ${d}, which tooling/layers.json does not allow`);
  });
}
