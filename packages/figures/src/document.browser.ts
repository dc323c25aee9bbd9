/** The document in which Plot builds its elements: the page's own. Nothing is attached to it. */
export function plotDocument(): Document {
  return globalThis.document;
}
