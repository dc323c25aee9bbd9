/** Where a mark stands outside brackets, −1 when it does not. */
export function outside(text: string, mark: string, from: number): number {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    const c = text[i];
    if (c === "(") depth++;
    else if (c === ")") depth--;
    else if (c === mark && depth <= 0) return i;
  }
  return -1;
}

/** Cuts at every mark that stands outside brackets. */
export function cutOutside(text: string, mark: string): { readonly text: string; readonly at: number }[] {
  const pieces: { text: string; at: number }[] = [];
  for (let at = 0; at <= text.length; ) {
    const end = outside(text, mark, at);
    const stop = end < 0 ? text.length : end;
    pieces.push({ text: text.slice(at, stop), at });
    at = stop + 1;
  }
  return pieces;
}
