/** Names of the colours. */
export type Token =
  | "bg"
  | "rail"
  | "sunk"
  | "ink"
  | "ink2"
  | "ink3"
  | "line"
  | "grid"
  | "truth"
  | "cloud"
  | "dbd"
  | "dbdtext"
  | "c1"
  | "c2"
  | "c3"
  | "c4";

/** The colours of DBD, light and dark. Text has at least 4.5:1 against the ground, marks 3:1; `line` and `grid` are decoration. */
export const tokens: Readonly<Record<Token, readonly [light: string, dark: string]>> = {
  bg: ["#ffffff", "#121518"],
  rail: ["#fafaf8", "#171b1f"],
  sunk: ["#f2f3f0", "#1f2429"],
  ink: ["#16191d", "#eceff1"],
  ink2: ["#4a525b", "#b4bcc3"],
  ink3: ["#656d76", "#929ba3"],
  line: ["#e3e5e1", "#2b3137"],
  grid: ["#eceeeb", "#22282d"],
  truth: ["#16191d", "#f3f5f6"],
  cloud: ["#7d858d", "#8b959d"],
  dbd: ["#0072b2", "#56b4e9"],
  dbdtext: ["#005f96", "#7cc6ef"],
  c1: ["#c44f00", "#f28a3c"],
  c2: ["#9c4580", "#d98bb9"],
  c3: ["#00795a", "#35c79c"],
  c4: ["#8a6500", "#e6b73c"],
};

/** A colour for Plot: becomes the light value and a class when the figure is written. */
export function colour(token: Token): string {
  return `var(--${token})`;
}

/** Colour and dash of the i-th of several curves of one kind; form differs as well as colour. */
export const lineStyles: readonly { readonly token: Token; readonly dash: string }[] = [
  { token: "dbd", dash: "" },
  { token: "c1", dash: "9 4" },
  { token: "c3", dash: "1.5 3.5" },
  { token: "c2", dash: "4 3" },
  { token: "c4", dash: "9 3 2 3" },
  { token: "cloud", dash: "14 4" },
];

/** Font stack of figures and report: nothing is downloaded. */
export const sans =
  'Inter, -apple-system, "Segoe UI Variable", "Segoe UI", Roboto, "Helvetica Neue", Arial, "DejaVu Sans", sans-serif';
export const mono = 'ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", Menlo, Consolas, monospace';

function variables(theme: 0 | 1): string {
  return Object.entries(tokens)
    .map(([name, pair]) => `--${name}:${pair[theme]}`)
    .join(";");
}

/** Custom properties for both themes, following the reader's system. */
export const tokenStyle: string = `:root{${variables(0)}}
@media (prefers-color-scheme:dark){:root{${variables(1)}}}`;

/** Lets the figures of a page follow its tokens; a figure by itself keeps the light colours. */
export const figureStyle: string = Object.keys(tokens)
  .map((t) => `.dbd-figure .fill-${t}{fill:var(--${t})}.dbd-figure .stroke-${t}{stroke:var(--${t})}`)
  .join("\n");
