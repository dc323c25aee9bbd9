import { parseHTML } from "linkedom";

/** The document in which Plot builds its elements: linkedom's, since node has none. One serves all figures; nothing is attached. */
const { document } = parseHTML("<!doctype html><html><body></body></html>");

export function plotDocument(): Document {
  return document;
}
