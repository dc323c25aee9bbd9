import { escapeText } from "./text.ts";
import { type Token, tokens } from "./tokens.ts";

/** A number in an attribute, rounded to a hundredth of a pixel: the last digits of Math.log differ between engines. */
function roundNumbers(value: string): string {
  return value.replace(/-?\d*\.\d+(?:e[-+]?\d+)?/g, (number) => String(Math.round(Number(number) * 100) / 100 || 0));
}

function tokenOf(value: string): Token | undefined {
  const name = /^var\(--(\w+)\)$/.exec(value)?.[1];
  return name !== undefined && name in tokens ? (name as Token) : undefined;
}

/**
 * Plot moves whole marks by half a pixel on screens of one device pixel per pixel, and not in node. Our own moves are whole
 * pixels, so that rounding down gives the same text everywhere; undefined where nothing is left to move.
 */
function wholePixels(transform: string): string | undefined {
  const [, x, y] = /^translate\(([-\d.]+),([-\d.]+)\)$/.exec(transform) ?? [];
  if (x === undefined || y === undefined) return transform;
  const [dx, dy] = [Math.floor(Number(x)), Math.floor(Number(y))];
  return dx === 0 && dy === 0 ? undefined : `translate(${dx},${dy})`;
}

/** Attributes as text. A colour token becomes its light value, and a class by which a page can set another. */
function attributes(element: Element): string {
  const classes: string[] = [];
  const pairs: [string, string][] = [];
  for (const { name, value: given } of Array.from(element.attributes)) {
    const value = name === "transform" && element.localName === "g" ? wholePixels(given) : given;
    // axe rejects a name on a group without a role; the figure has its own title and description.
    if (name === "aria-label" || name === "aria-hidden" || name === "class" || value === undefined) continue;
    const token = tokenOf(value);
    if (token !== undefined) classes.push(`${name}-${token}`);
    pairs.push([name, token === undefined ? roundNumbers(value) : tokens[token][0]]);
  }
  if (classes.length > 0) pairs.push(["class", classes.sort().join(" ")]);
  pairs.sort(([a], [b]) => (a < b ? -1 : 1)); // document implementations disagree about the order
  return pairs.map(([name, value]) => ` ${name}="${escapeText(value)}"`).join("");
}

/** An element and what is below it as SVG text: the same bytes from every document implementation. Styles are left out. */
export function serialize(element: Element): string {
  if (element.localName === "style") return "";
  let inside = "";
  for (const child of Array.from(element.childNodes)) {
    if (child.nodeType === 1) inside += serialize(child as Element);
    else if (child.nodeType === 3) inside += escapeText(child.textContent ?? "");
  }
  const open = `<${element.localName}${attributes(element)}`;
  return inside === "" ? `${open}/>` : `${open}>${inside}</${element.localName}>`;
}
