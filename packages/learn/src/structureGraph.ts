/** A statistic as an interaction of species (or sites). */
export interface Interaction {
  readonly label: string;
  /** The nodes it joins; one node is a field on it, two an edge, more a factor. */
  readonly nodes: readonly string[];
  /** Written on the edge, such as a gain. */
  readonly note?: string;
}

interface Drawn {
  readonly nodes: readonly string[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly text: string }[];
  /** Interactions of three and more: a factor node joined to each of its nodes. */
  readonly factors: readonly { readonly name: string; readonly text: string; readonly nodes: readonly string[] }[];
}

function draw(interactions: readonly Interaction[]): Drawn {
  const nodes = [...new Set(interactions.flatMap((x) => x.nodes))];
  const text = ({ label, note }: Interaction): string => (note === undefined ? label : `${label}: ${note}`);
  const several = interactions.filter((x) => new Set(x.nodes).size > 1);
  return {
    nodes,
    edges: several
      .filter((x) => x.nodes.length === 2)
      .map((x) => ({ from: x.nodes[0], to: x.nodes[1], text: text(x) })),
    factors: several
      .filter((x) => x.nodes.length > 2)
      .map((x, i) => ({ name: `factor ${i + 1}`, text: text(x), nodes: x.nodes })),
  };
}

const quoted = (text: string): string => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

/** The interaction graph in Graphviz' language: species as circles, interactions of three and more as boxes. */
export function toDot(interactions: readonly Interaction[]): string {
  const { nodes, edges, factors } = draw(interactions);
  return [
    "graph structure {",
    ...nodes.map((node) => `  ${quoted(node)} [shape=circle];`),
    ...edges.map(({ from, to, text }) => `  ${quoted(from)} -- ${quoted(to)} [label=${quoted(text)}];`),
    ...factors.flatMap(({ name, text, nodes: joins }) => [
      `  ${quoted(name)} [shape=box, label=${quoted(text)}];`,
      ...joins.map((node) => `  ${quoted(name)} -- ${quoted(node)};`),
    ]),
    "}",
    "",
  ].join("\n");
}

/** The same as a Mermaid flowchart, which Markdown pages draw. */
export function toMermaid(interactions: readonly Interaction[]): string {
  const { nodes, edges, factors } = draw(interactions);
  const shown = (text: string): string => `"${text.replaceAll('"', "#quot;")}"`;
  const id = new Map(nodes.map((node, i) => [node, `n${i}`]));
  return [
    "flowchart LR",
    ...nodes.map((node) => `  ${id.get(node)}((${shown(node)}))`),
    ...edges.map(({ from, to, text }) => `  ${id.get(from)} ---|${shown(text)}| ${id.get(to)}`),
    ...factors.flatMap(({ text, nodes: joins }, i) => [
      `  f${i}[${shown(text)}]`,
      ...joins.map((node) => `  f${i} --- ${id.get(node)}`),
    ]),
    "",
  ].join("\n");
}
