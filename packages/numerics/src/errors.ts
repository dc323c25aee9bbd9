/** What an error may add to its problem. */
export interface ErrorOptions {
  /** What to try: a sentence of its own. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

const sentence = (text: string): string => (/[.?!…]$/.test(text) ? text : `${text}.`);

const compose = (where: string, problem: string, hint: string | undefined): string =>
  `${where}: ${sentence(problem)}${hint === undefined ? "" : ` ${sentence(hint)}`}`;

const causeOf = (options: ErrorOptions): { cause?: unknown } => ("cause" in options ? { cause: options.cause } : {});

/** A call was refused before any work was done: the message says where, what was expected and what was got. */
export class ArgumentError extends Error {
  override readonly name: string = "ArgumentError";
  /** The exit code of a command that ends in this error. */
  readonly exitCode: number = 2;

  constructor(where: string, problem: string, options: ErrorOptions = {}) {
    super(compose(where, problem, options.hint), causeOf(options));
  }
}

/** A place in a text that a person wrote; lines and columns count from 1. */
export interface SourcePlace {
  readonly file?: string;
  readonly line: number;
  readonly column: number;
  /** The place in the document's own terms, such as `reactions[1].rate`. */
  readonly path?: string;
}

const placeText = ({ file, line, column, path }: SourcePlace): string =>
  `${file ?? "input"}:${line}:${column}${path === undefined || path === "" ? "" : `  ${path}`}`;

/** A text (model, experiment, expression) is wrong at a known place: `file:line:column  path: problem.` */
export class SourceError extends ArgumentError {
  override readonly name: string = "SourceError";
  readonly place: SourcePlace;

  constructor(place: SourcePlace, problem: string, options: ErrorOptions = {}) {
    super(placeText(place), problem, options);
    this.place = place;
  }
}

/** The input is valid, and asks for something that is deliberately not done here. */
export class UnsupportedError extends Error {
  override readonly name: string = "UnsupportedError";
  readonly exitCode: number = 3;
  readonly place?: SourcePlace;

  constructor(feature: string, options: { readonly place?: SourcePlace; readonly hint?: string | undefined } = {}) {
    const problem = `${feature} is not supported`;
    const hint = options.hint === undefined ? "" : ` ${sentence(options.hint)}`;
    super(
      options.place === undefined ? `${problem}.${hint}` : compose(placeText(options.place), problem, options.hint),
    );
    if (options.place !== undefined) this.place = options.place;
  }
}

/** Where a computation broke down. */
export interface NumericalDetails {
  readonly time?: number;
  readonly nu?: readonly number[];
  readonly iteration?: number;
}

/** A computation broke down on valid input: the message says when and what to try. */
export class NumericalError extends Error {
  override readonly name: string = "NumericalError";
  readonly exitCode: number = 1;
  readonly details: NumericalDetails;

  constructor(where: string, problem: string, details: NumericalDetails = {}, hint?: string) {
    super(compose(where, problem, hint));
    this.details = details;
  }
}

/** Edit distance in which swapping two neighbours costs one (optimal string alignment; Damerau 1964). */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, substitution);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    before = last;
    last = row;
  }
  return last[b.length];
}

/**
 * The known word that was probably meant: equal but for case, or nearest within two edits (never all of its letters).
 * Ties go to the first in `known`.
 */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  let best: string | undefined;
  let least = Math.min(3, word.length);
  for (const candidate of known) {
    if (candidate.toLowerCase() === lower) return candidate;
    if (Math.abs(candidate.length - word.length) >= least) continue;
    const distance = editDistance(word, candidate);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}
