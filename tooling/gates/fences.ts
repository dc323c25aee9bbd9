/** The bodies of a Markdown text's code fences in one language, in order. */
export function codeFences(markdown: string, language: string): string[] {
  return [...markdown.matchAll(/^```(\w*)[^\n]*\n([\s\S]*?)^```/gm)]
    .filter((m) => m[1] === language)
    .map((m) => m[2] ?? "");
}
