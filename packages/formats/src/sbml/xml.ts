import { SourceError, type SourcePlace } from "@dbd/numerics/errors";
import { SaxesParser, type SaxesTagNS } from "saxes";

/** One attribute; `uri` is "" for an attribute without a prefix. */
export interface XmlAttribute {
  readonly local: string;
  readonly uri: string;
  readonly value: string;
}

/** One element with the place of its `<`. Notes and annotations are checked for being XML and then left out. */
export interface XmlElement {
  readonly local: string;
  readonly uri: string;
  readonly attributes: ReadonlyMap<string, XmlAttribute>;
  readonly children: readonly XmlElement[];
  /** All character data directly inside, and the same cut at the children: children.length + 1 pieces. */
  readonly text: string;
  readonly pieces: readonly string[];
  readonly place: SourcePlace;
}

/** The same while it is read; lists that stay empty are shared, for documents have a million elements. */
interface OpenElement extends XmlElement {
  local: string;
  uri: string;
  attributes: ReadonlyMap<string, XmlAttribute>;
  children: XmlElement[];
  pieces: string[];
  text: string;
}

const noAttributes: ReadonlyMap<string, XmlAttribute> = new Map();
const noChildren: XmlElement[] = [];
const noPieces: string[] = [""];

/** The namespace of the attributes that declare namespaces. */
export const declarations = "http://www.w3.org/2000/xmlns/";

/** Deepest nesting of elements that is read. */
const deepest = 256;

/** Elements for people and for other programs, skipped with all they contain. */
const skipped: ReadonlySet<string> = new Set(["notes", "annotation"]);

/** SBML reads words and numbers only, so white space may be made blanks: no quotation breaks a line of a message. */
const onOneLine = (text: string): string => text.replaceAll(/[\s\p{Cc}]+/gu, " ");

/** A function from offsets in a text to places, by binary search in the table of line starts. */
function placesOf(text: string, file: string | undefined): (offset: number) => SourcePlace {
  const starts = [0];
  for (const end of text.matchAll(/\r\n|\r|\n/g)) starts.push(end.index + end[0].length);
  return (offset) => {
    let low = 0;
    for (let high = starts.length; high - low > 1; ) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= offset) low = middle;
      else high = middle;
    }
    return { ...(file === undefined ? {} : { file }), line: low + 1, column: offset - starts[low] + 1 };
  };
}

function checkEncoding(text: string, placeAt: (offset: number) => SourcePlace): void {
  const bad = text.search(/[\0\uFFFD]/);
  if (bad >= 0) {
    const hint = { hint: "Save the file as UTF-8" };
    throw new SourceError(placeAt(bad), "the text is not UTF-8: it holds a character that is no character", hint);
  }
  const declared = /^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z][\w.-]*)["']/.exec(text)?.[1];
  if (declared === undefined || /^(utf-?8|us-ascii)$/i.test(declared)) return;
  // An eight-bit encoding agrees with UTF-8 as long as there is nothing but ASCII in the file.
  const foreign = /^(iso-8859-|windows-)/i.test(declared) ? text.search(/[\u0080-\uFFFF]/) : text.indexOf(declared);
  if (foreign < 0) return;
  throw new SourceError(placeAt(foreign), `the file says it is encoded in "${declared}"; only UTF-8 is read`, {
    hint: "Save the file as UTF-8",
  });
}

/** Builds the tree from the parser's events; `parser.position` is the offset just after what was read. */
class TreeBuilder {
  private readonly text: string;
  private readonly placeAt: (offset: number) => SourcePlace;
  private readonly parser = new SaxesParser({ xmlns: true, position: false });
  private readonly open: OpenElement[] = [];
  private readonly starts: number[] = []; // offsets of the open elements
  private root: XmlElement | undefined;
  private closed: XmlElement | undefined; // the last element that ended
  private muted = 0; // how many elements of a skipped subtree are open

  constructor(text: string, placeAt: (offset: number) => SourcePlace) {
    this.text = text;
    this.placeAt = placeAt;
    const { parser } = this;
    const addText = (piece: string): void => this.addText(piece);
    parser.on("error", ({ message }) => this.fail(message));
    parser.on("doctype", () => this.refuseDoctype());
    parser.on("opentagstart", ({ name }) => this.start(name));
    parser.on("opentag", (tag) => this.finishStart(tag));
    parser.on("text", addText);
    parser.on("cdata", addText);
    parser.on("closetag", () => this.close());
  }

  build(): XmlElement {
    this.parser.write(this.text).close();
    return this.root!;
  }

  /** Offset of the nearest mark before the parser's position. */
  private offsetOf(mark: string): number {
    return Math.max(0, this.text.lastIndexOf(mark, this.parser.position - 1));
  }

  private refuseDoctype(): never {
    const place = this.placeAt(this.offsetOf("<!DOCTYPE"));
    throw new SourceError(place, "a DOCTYPE, and with it any entity of its own, is not accepted", {
      hint: "Remove the DOCTYPE; SBML needs none",
    });
  }

  /** Words a complaint of saxes for people and finds the place that it is about. */
  private fail(message: string): never {
    const { text, placeAt, parser, closed } = this;
    const inside = this.open.at(-1);
    const begin = this.starts.at(-1) ?? 0;
    if (message.startsWith("unclosed tag") && inside !== undefined) {
      const ampersand = text.slice(begin).search(/&(?!(#\d+|#x[0-9a-f]+|\w+);)/i); // swallows all that follows
      if (ampersand >= 0) throw new SourceError(placeAt(begin + ampersand), "not XML: a bare &; write &amp;");
      const where = `<${inside.local}> of line ${inside.place.line}`;
      throw new SourceError(placeAt(text.length), `the file ends inside the element ${where}`);
    }
    if (message.startsWith("unexpected close tag") && closed !== undefined) {
      const wanted = `</${closed.local}> for the element of line ${closed.place.line}`;
      throw new SourceError(placeAt(this.offsetOf("</")), `not XML: this closes another element; expected ${wanted}`);
    }
    if (message.startsWith("text data outside")) {
      const after = text.lastIndexOf(">", parser.position - 2) + 1;
      throw new SourceError(placeAt(text.slice(after).search(/\S/) + after), "not XML: text outside the root element");
    }
    throw new SourceError(placeAt(Math.max(0, parser.position - 1)), `not XML: ${message.replace(/[.:]$/, "")}`);
  }

  private start(name: string): void {
    const start = this.offsetOf("<");
    const place = this.placeAt(start);
    if (this.open.length + this.muted >= deepest) {
      throw new SourceError(place, `elements nested more than ${deepest} deep at <${name}>`);
    }
    if (this.muted > 0) this.muted++;
    else {
      this.starts.push(start);
      this.open.push({
        local: name,
        uri: "",
        attributes: noAttributes,
        children: noChildren,
        text: "",
        pieces: noPieces,
        place,
      });
    }
  }

  private finishStart(tag: SaxesTagNS): void {
    if (this.muted > 0) return;
    const element = this.open.at(-1)!;
    element.local = tag.local;
    element.uri = tag.uri;
    let attributes: Map<string, XmlAttribute> | undefined;
    for (const attribute of Object.values(tag.attributes)) {
      const { local, prefix, value } = attribute;
      const uri = prefix !== "" ? attribute.uri : local === "xmlns" ? declarations : "";
      attributes ??= new Map();
      attributes.set(uri === "" ? local : `${uri} ${local}`, { local, uri, value: onOneLine(value) });
    }
    if (attributes !== undefined) element.attributes = attributes;
    if (skipped.has(tag.local)) this.muted = 1;
  }

  private addText(text: string): void {
    const inside = this.open.at(-1);
    if (inside === undefined || this.muted > 0 || !/\S/.test(text)) return; // nothing is read of blanks
    const piece = onOneLine(text);
    inside.text += piece;
    if (inside.pieces === noPieces) inside.pieces = [""];
    inside.pieces[inside.pieces.length - 1] += piece;
  }

  private close(): void {
    if (this.muted > 1) {
      this.muted--;
      this.closed = undefined;
      return;
    }
    const element = this.open.pop()!;
    this.starts.pop();
    const parent = this.open.at(-1);
    this.closed = element;
    if (parent === undefined) this.root = element;
    else if (this.muted === 0) {
      if (parent.children === noChildren) parent.children = [];
      if (parent.pieces === noPieces) parent.pieces = [""];
      parent.children.push(element);
      parent.pieces.push("");
    }
    this.muted = 0;
  }
}

/**
 * Reads an XML document into a tree in one streaming pass (saxes). Nothing is fetched and no entity is ever expanded
 * beyond the five of XML itself: a DOCTYPE is refused.
 * @throws {SourceError} For text that is not well-formed XML, with the place of the fault.
 */
export function readXml(source: string, file: string | undefined): XmlElement {
  const text = source.replace(/^\uFEFF/, "");
  const placeAt = placesOf(text, file);
  checkEncoding(text, placeAt);
  return new TreeBuilder(text, placeAt).build();
}
