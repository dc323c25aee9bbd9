import { readDocument } from "./sbml/document.ts";
export function readSbml(text: string, options: { readonly file?: string } = {}): any {
  return readDocument(text, options.file);
}
