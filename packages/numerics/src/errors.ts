/** Bad input, found before any work: where, what was found, what was expected, what to try. The CLI exits with 2. */
export class ArgumentError extends Error {
  override readonly name: string = "ArgumentError";
  constructor(where: string, problem: string, options: { readonly hint?: string; readonly cause?: unknown } = {}) {
    super(
      `${where === "" ? "" : `${where}: `}${sentence(problem, options.hint)}`,
      options.cause === undefined ? {} : { cause: options.cause },
    );
  }
}

/** A place in a text: line and column count from 1; `path` is the place inside a structured document. */
export interface SourcePlace {
  readonly file?: string;
  readonly line: number;
  readonly column: number;
  readonly path?: string;
}

/** `file:line:col  path` */
export const placeText = ({ file, line, column, path }: SourcePlace): string =>
  `${file === undefined ? "" : `${file}:`}${line}:${column}${path === undefined ? "" : `  ${path}`}`;

/** Bad input with a place in a text. */
export class SourceError extends ArgumentError {
  override readonly name: string = "SourceError";
  readonly place: SourcePlace;
  constructor(place: SourcePlace, problem: string, options: { readonly hint?: string; readonly cause?: unknown } = {}) {
    super(placeText(place), problem, options);
    this.place = place;
  }
}

/** The input asks for a feature that we do not support; never silently ignored. The CLI exits with 3. */
export class UnsupportedError extends Error {
  override readonly name: string = "UnsupportedError";
  readonly feature: string;
  readonly place: SourcePlace | undefined;
  constructor(feature: string, options: { readonly place?: SourcePlace; readonly hint?: string } = {}) {
    const where = options.place === undefined ? "" : `${placeText(options.place)}: `;
    super(`${where}${sentence(`${feature} is not supported`, options.hint)}`);
    this.feature = feature;
    this.place = options.place;
  }
}

/** Where a computation stood when it failed. */
export interface NumericalDetails {
  readonly time?: number;
  readonly nu?: readonly number[];
  readonly iteration?: number;
}

/** A computation that failed on valid input. The CLI exits with 1. */
export class NumericalError extends Error {
  override readonly name: string = "NumericalError";
  readonly details: NumericalDetails;
  constructor(where: string, problem: string, details: NumericalDetails = {}, hint?: string) {
    super(`${where}: ${sentence(problem, hint)}`);
    this.details = details;
  }
}

const sentence = (problem: string, hint?: string): string => {
  const end = /[.!?]$/.test(problem) ? "" : ".";
  return hint === undefined ? `${problem}${end}` : `${problem}${end} ${hint}${/[.!?]$/.test(hint) ? "" : "."}`;
};

/** The known word nearest to a misspelt one, at most two edits away (insert, delete, replace, swap neighbours). */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = 3;
  for (const candidate of known) {
    const d = editDistance(word, candidate);
    if (d < least) [best, least] = [candidate, d];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  const width = b.length + 1;
  const d = new Int32Array((a.length + 1) * width);
  for (let i = 0; i <= a.length; i++) d[i * width] = i;
  for (let j = 0; j <= b.length; j++) d[j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(d[(i - 1) * width + j] + 1, d[i * width + j - 1] + 1, d[(i - 1) * width + j - 1] + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, d[(i - 2) * width + j - 2] + 1);
      }
      d[i * width + j] = least;
    }
  }
  return d[a.length * width + b.length];
}
