import { SourceError } from "@dbd/numerics/errors";
import { readDecimal } from "./mathml.ts";
import type { XmlElement } from "./xml.ts";

/** The text of an attribute, undefined when it is absent. */
export function textOf(element: XmlElement, name: string): string | undefined {
  return element.attributes.get(name)?.value;
}

/** @throws {SourceError} When the attribute is absent or empty. */
export function requiredText(element: XmlElement, name: string): string {
  const text = textOf(element, name);
  if (text === undefined) throw new SourceError(element.place, `<${element.local}> lacks the attribute "${name}"`);
  return text;
}

/** The element's identifier. @throws {SourceError} When it is absent or no SBML identifier. */
export function idOf(element: XmlElement): string {
  const id = requiredText(element, "id");
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(id)) return id;
  throw new SourceError(element.place, `"${id}" is not an identifier: letters, digits and _, not a digit first`);
}

/** A finite number, undefined when absent. @throws {SourceError} For anything else, NaN and INF included. */
export function numberOf(element: XmlElement, name: string): number | undefined {
  const text = textOf(element, name);
  if (text === undefined) return undefined;
  const value = readDecimal(text);
  if (Number.isFinite(value)) return value;
  const who = textOf(element, "id") ?? textOf(element, "species") ?? "";
  throw new SourceError(element.place, `${name}="${text}" of <${element.local}> ${who} is not a finite number`);
}

/** As `numberOf`, and not negative. */
export function amountOf(element: XmlElement, name: string): number | undefined {
  const value = numberOf(element, name);
  if (value === undefined || value >= 0) return value;
  const who = textOf(element, "id") ?? textOf(element, "species") ?? "";
  throw new SourceError(element.place, `${name}="${value}" of <${element.local}> ${who} is negative`);
}

/** A truth value; `absent` is its default, undefined where the level has none. */
export function booleanOf(element: XmlElement, name: string, absent: boolean | undefined): boolean {
  const text = textOf(element, name) ?? absent?.toString();
  if (text === undefined) requiredText(element, name);
  if (text === "true" || text === "1") return true;
  if (text === "false" || text === "0") return false;
  throw new SourceError(element.place, `${name}="${text}" of <${element.local}> is neither "true" nor "false"`);
}

/** The children of the named list, empty when the list is absent. */
export function listIn(element: XmlElement, list: string, item: string): readonly XmlElement[] {
  const found = element.children.find((child) => child.local === list);
  return (found?.children ?? []).filter((child) => child.local === item && child.uri === element.uri);
}
