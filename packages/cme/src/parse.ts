import { didYouMean, SourceError, type SourcePlace } from "@dbd/numerics/errors";
import { compile } from "./compile.ts";
import { compileExpression, type Expression, parseExpression, symbolsOf, timeSymbol } from "./expression.ts";
import {
  checkNames,
  mostCopies,
  type Network,
  type NetworkEvent,
  type Participant,
  parameterValues,
  type Rate,
  type Reaction,
} from "./network.ts";

/** A piece of a line and the column of its first character. */
interface Piece {
  readonly text: string;
  readonly place: SourcePlace;
}

interface Side {
  readonly species: string;
  readonly order: number;
}

interface ReactionLine {
  readonly place: SourcePlace;
  readonly name: string | undefined;
  readonly sides: readonly [readonly Side[], readonly Side[]];
  readonly rate: Rate;
}

interface Definition {
  readonly name: string;
  readonly keyword: "species" | "boundary" | undefined;
  readonly value: Expression;
  readonly place: SourcePlace;
}

/** `name := expression` or `name' = expression`. */
interface Rule {
  readonly name: string;
  readonly kind: "assignment" | "rate";
  readonly value: Expression;
  readonly place: SourcePlace;
}

const ruleShape = /^([\p{L}_][\p{L}\p{N}_]*)\s*(:=|'\s*=)/u;
const eventShape = /^event(?:\s+([\p{L}_][\p{L}\p{N}_]*))?\s*:/u;
const settingShape = /^([\p{L}_][\p{L}\p{N}_]*)\s*=(?!=)/u;
const nameShape = /^[\p{L}_][\p{L}\p{N}_]*$/u;
const definitionShape = /^(?:(species|boundary)\s+)?([\p{L}_][\p{L}\p{N}_]*)\s*=(?!=)/u;
const participantShape = /^(?:(\d+)\s*\*?\s*)?([\p{L}_][\p{L}\p{N}_]*)$/u;
const forms =
  'A line is a reaction "A + B -> 2 C @ k", a value "k = 0.5" or "A = 100", a rule "y := 2*A", an event "event: when A > 9; set A = 0", or a comment after "#"';

function fail(place: SourcePlace, problem: string, hint?: string): never {
  throw new SourceError(place, problem, hint === undefined ? {} : { hint });
}

/** Part of a piece without the white space around it. */
function cut({ text, place }: Piece, from: number, to: number = text.length): Piece {
  const part = text.slice(from, to);
  const lead = part.length - part.trimStart().length;
  return { text: part.trim(), place: { ...place, column: place.column + from + lead } };
}

/** Cuts at every `mark` that stands outside brackets. */
function split(piece: Piece, mark: string): Piece[] {
  const parts: Piece[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < piece.text.length; i++) {
    const c = piece.text[i];
    if (c === "(") depth++;
    else if (c === ")") depth--;
    else if (c === mark && depth === 0) {
      parts.push(cut(piece, from, i));
      from = i + 1;
    }
  }
  return [...parts, cut(piece, from)];
}

function readSide(piece: Piece): Side[] {
  if (piece.text === "0" || piece.text === "∅") return [];
  return split(piece, "+").map(({ text, place }) => {
    const match = participantShape.exec(text);
    if (match === null) {
      const found = text === "" ? "nothing" : JSON.stringify(text);
      return fail(place, `expected a species such as "A" or "2 A", or "0" for none, found ${found}`);
    }
    const order = match[1] === undefined ? 1 : Number(match[1]);
    if (order < 1 || order > 1000) fail(place, `a stoichiometry must be from 1 to 1000, got ${match[1]}`);
    return { species: match[2], order };
  });
}

function readRate(piece: Piece): Rate {
  if (piece.text.startsWith("=")) {
    const law = cut(piece, 1);
    return { kind: "law", law: parseExpression(law.text, law.place) };
  }
  return { kind: "massAction", constant: parseExpression(piece.text, piece.place) };
}

function readReaction(line: Piece, arrow: number): ReactionLine[] {
  const both = line.text.startsWith("<->", arrow);
  const after = arrow + (both ? 3 : 2);
  const at = line.text.indexOf("@", after);
  const end: SourcePlace = { ...line.place, column: line.place.column + line.text.length };
  if (at < 0) fail(end, 'expected "@" and the rate constant, found the end of the line', 'Write "A -> B @ 0.5"');
  const colon = line.text.lastIndexOf(":", arrow);
  const label = colon < 0 ? undefined : cut(line, 0, colon);
  if (label !== undefined && !nameShape.test(label.text)) {
    fail(label.place, `expected a name before ":", found ${JSON.stringify(label.text)}`);
  }
  const left = readSide(cut(line, colon + 1, arrow));
  const right = readSide(cut(line, after, at));
  const rates = split(cut(line, at + 1), ",");
  const wanted = both ? 2 : 1;
  if (rates.length !== wanted) {
    const hint = both ? 'Write "A <-> B @ forward, backward"' : 'A reaction that also runs backward is written "<->"';
    fail(rates.at(-1)!.place, `expected ${wanted} rate${both ? "s" : ""} after "@", found ${rates.length}`, hint);
  }
  const place = line.place;
  const forward: ReactionLine = { place, name: label?.text, sides: [left, right], rate: readRate(rates[0]) };
  if (!both) return [forward];
  const name = label && `${label.text}_back`;
  return [forward, { place, name, sides: [right, left], rate: readRate(rates[1]) }];
}

function readDefinition(line: Piece, match: RegExpExecArray): Definition {
  const [whole, keyword, name] = match;
  const value = cut(line, whole.length);
  const place = { ...line.place, column: line.place.column + whole.lastIndexOf(name, whole.length - 2) };
  const kind = keyword === "species" || keyword === "boundary" ? keyword : undefined;
  return { name, keyword: kind, value: parseExpression(value.text, value.place), place };
}

const clauseForms =
  'Clauses are "when", "set A = 5, k = 2", "delay", "priority", "initially false", "cancelled when false" and "values after delay"';

/** What the clauses of an event say; flags are clauses without an expression. */
function readClause(piece: Piece, event: { -readonly [K in keyof NetworkEvent]?: NetworkEvent[K] }): void {
  const text = piece.text.replaceAll(/\s+/g, " ");
  if (text === "initially false" || text === "initially true") event.initialTrigger = text.endsWith("true");
  else if (text === "cancelled when false") event.persistent = false;
  else if (text === "values after delay") event.fromTriggerTime = false;
  else {
    const keyword = /^(when|set|delay|priority)\s/.exec(`${piece.text} `)?.[1];
    if (keyword === undefined) {
      fail(piece.place, `expected a clause of an event, found ${JSON.stringify(text.slice(0, 40))}`, clauseForms);
    }
    const body = cut(piece, keyword.length);
    if (keyword === "set") event.assignments = [...(event.assignments ?? []), ...split(body, ",").map(readSetting)];
    else {
      const key = keyword === "when" ? "trigger" : keyword === "delay" ? "delay" : "priority";
      if (event[key] !== undefined) fail(piece.place, `a second "${keyword}" in one event`);
      event[key] = parseExpression(body.text, body.place);
    }
  }
}

function readSetting(piece: Piece): { target: string; value: Expression } {
  const match = settingShape.exec(piece.text);
  if (match === null) {
    fail(piece.place, `expected "name = value" after "set", found ${JSON.stringify(piece.text.slice(0, 40))}`);
  }
  const value = cut(piece, match[0].length);
  return { target: match[1], value: parseExpression(value.text, value.place) };
}

function readEvent(line: Piece, [whole, name]: RegExpExecArray): NetworkEvent {
  const event: { -readonly [K in keyof NetworkEvent]?: NetworkEvent[K] } = {};
  for (const clause of split(cut(line, whole.length), ";")) readClause(clause, event);
  const { trigger } = event;
  if (trigger === undefined) fail(line.place, 'an event needs a "when"', clauseForms);
  return {
    initialTrigger: true,
    persistent: true,
    fromTriggerTime: true,
    assignments: [],
    ...(name === undefined ? {} : { name }),
    ...event,
    trigger,
    place: line.place,
  };
}

interface Lines {
  readonly reactions: ReactionLine[];
  readonly definitions: Definition[];
  readonly rules: Rule[];
  readonly events: NetworkEvent[];
  /** Names in the order of the text, with repetitions. */
  readonly mentions: string[];
}

function readLines(text: string, file: string | undefined): Lines {
  const reactions: ReactionLine[] = [];
  const definitions: Definition[] = [];
  const rules: Rule[] = [];
  const events: NetworkEvent[] = [];
  const mentions: string[] = [];
  for (const [i, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .entries()) {
    const comment = raw.indexOf("#");
    const place: SourcePlace = { ...(file === undefined ? {} : { file }), line: i + 1, column: 1 };
    const line = cut({ text: comment < 0 ? raw : raw.slice(0, comment), place }, 0);
    if (line.text === "") continue;
    const arrow = /<->|->/.exec(line.text);
    const definition = definitionShape.exec(line.text);
    const rule = ruleShape.exec(line.text);
    const event = eventShape.exec(line.text);
    if (event !== null && !(arrow !== null && line.text.includes("@"))) {
      events.push(readEvent(line, event));
    } else if (rule !== null) {
      const value = cut(line, rule[0].length);
      rules.push({
        name: rule[1],
        kind: rule[2] === ":=" ? "assignment" : "rate",
        value: parseExpression(value.text, value.place),
        place: line.place,
      });
    } else if (arrow !== null) {
      const read = readReaction(line, arrow.index);
      reactions.push(...read);
      mentions.push(...read[0].sides.flat().map(({ species }) => species));
    } else if (definition !== null) {
      const read = readDefinition(line, definition);
      definitions.push(read);
      mentions.push(read.name);
    } else fail(line.place, `expected a reaction or a value, found ${JSON.stringify(line.text.slice(0, 40))}`, forms);
  }
  return { reactions, definitions, rules, events, mentions };
}

/** Species in the order in which the text first names them. */
function speciesOf({ reactions, definitions, mentions }: Lines): ReadonlyMap<string, number> {
  const declared = definitions.filter(({ keyword }) => keyword !== undefined).map(({ name }) => name);
  const taking = reactions.flatMap(({ sides }) => sides.flat().map(({ species }) => species));
  const species = new Set([...declared, ...taking]);
  return new Map([...new Set(mentions)].filter((name) => species.has(name)).map((name, s) => [name, s]));
}

function checkOnce(definitions: readonly { readonly name: string; readonly place: SourcePlace }[]): void {
  const seen = new Map<string, { readonly place: SourcePlace }>();
  for (const definition of definitions) {
    if (definition.name === timeSymbol) fail(definition.place, `"${timeSymbol}" is the simulated time`);
    const first = seen.get(definition.name);
    if (first !== undefined) {
      fail(definition.place, `"${definition.name}" is given twice, first in line ${first.place.line}`);
    }
    seen.set(definition.name, definition);
  }
}

/** A name that nothing uses is nearly always a misspelt one; a silent default of 0 would hide it. */
function checkUsed({ reactions, definitions, rules, events }: Lines, species: Iterable<string>): void {
  const known = [...species];
  const expressions = [
    ...reactions.map(({ rate }) => (rate.kind === "law" ? rate.law : rate.constant)),
    ...definitions.map(({ value }) => value),
    ...rules.map(({ value }) => value),
    ...events.flatMap(({ trigger, delay, priority, assignments }) => [
      trigger,
      ...(delay === undefined ? [] : [delay]),
      ...(priority === undefined ? [] : [priority]),
      ...assignments.map(({ value }) => value),
    ]),
  ];
  const targets = events.flatMap(({ assignments }) => assignments.map(({ target }) => target));
  const used = new Set([
    ...known,
    ...rules.map(({ name }) => name),
    ...targets,
    ...expressions.flatMap((e) => symbolsOf(e)),
  ]);
  for (const { name, place } of definitions) {
    if (used.has(name)) continue;
    const near = didYouMean(name, known);
    const other = `A species without reactions is declared with "species ${name} = …"`;
    fail(
      place,
      `"${name}" is used nowhere`,
      near === undefined ? other : `Did you mean the species "${near}"? ${other}`,
    );
  }
}

function initialAmount({ name, value, place }: Definition, parameters: ReadonlyMap<string, number>): number {
  checkNames(value, new Set(parameters.keys()), `the initial amount of ${name}`);
  const amount = compileExpression(value, new Map(), parameters)(new Float64Array(0));
  if (Number.isInteger(amount) && amount >= 0 && amount <= mostCopies) return amount;
  return fail(place, `the initial amount of ${name} must be an integer from 0 to 2^53 − 1, got ${amount}`);
}

const participants = (side: readonly Side[], index: ReadonlyMap<string, number>): Participant[] =>
  side.map(({ species, order }) => ({ species: index.get(species)!, order }));

function reactionOf(line: ReactionLine, index: ReadonlyMap<string, number>): Reaction {
  const { name, sides, rate, place } = line;
  const reactants = participants(sides[0], index);
  const products = participants(sides[1], index);
  return { ...(name === undefined ? {} : { name }), reactants, products, rate, place };
}

/**
 * Reads a network in the package's own text format, one statement a line:
 *
 *     # comment
 *     birth: A -> 2 A @ kB      name (optional), reactants, products, rate constant k of k·∏ C(n, order)
 *     A + B <-> C @ kf, 2*kr    forward and backward; constants are expressions of parameters
 *     0 -> A @ = v/(1 + C^2)    "@ =": the expression is the whole propensity and may use copy numbers
 *     kB = 0.5                  a parameter
 *     A = 100                   copies of a species at the start (0 when not given)
 *     boundary B = 20           a species that reactions use and never change
 *     species D = 5             a species that takes part in no reaction
 *     y := 2*A                  a quantity that always equals an expression (an assignment rule)
 *     v' = 1 - v                a continuous variable by its time derivative (a rate rule); v = 0.2 is its start
 *     event e: when A > 9 and time > 1; set A = 0, k = 2*k; delay 3; priority 1
 *                               further clauses: initially false; cancelled when false; values after delay
 *
 * `time` is the simulated time, in laws, rules and events.
 *
 * `0` or `∅` stands for an empty side. A name is a species when it stands in a reaction or after a keyword.
 * @param options - `file`: the name that errors begin with.
 * @throws {SourceError} `file:line:column`, with what was found, what was expected and what to try.
 */
export function parseNetwork(text: string, options: { readonly file?: string } = {}): Network {
  const lines = readLines(text, options.file);
  const { reactions, definitions } = lines;
  const index = speciesOf(lines);
  checkOnce(definitions);
  checkOnce(lines.rules);
  checkUsed(lines, index.keys());
  const amounts = new Map(definitions.filter(({ name }) => index.has(name)).map((given) => [given.name, given]));
  const parameters = new Map(
    definitions.filter(({ name }) => !index.has(name)).map(({ name, value }) => [name, value]),
  );
  const values = parameterValues({ parameters }, new Map(definitions.map(({ name, place }) => [name, place])));
  const initial = [...index.keys()].map((name) => {
    const given = amounts.get(name);
    return given === undefined ? 0 : initialAmount(given, values);
  });
  const boundary = new Set(
    [...amounts.values()].filter(({ keyword }) => keyword === "boundary").map(({ name }) => name),
  );
  const rules = (kind: Rule["kind"]): ReadonlyMap<string, Expression> =>
    new Map(lines.rules.filter((rule) => rule.kind === kind).map(({ name, value }) => [name, value]));
  const assignments = rules("assignment");
  const rateRules = rules("rate");
  const network: Network = {
    species: [...index.keys()],
    reactions: reactions.map((line) => reactionOf(line, index)),
    initial,
    ...(boundary.size === 0 ? {} : { boundary }),
    parameters,
    ...(assignments.size === 0 ? {} : { assignments }),
    ...(rateRules.size === 0 ? {} : { rateRules }),
    ...(lines.events.length === 0 ? {} : { events: lines.events }),
  };
  compile(network, { dynamics: true }); // rates are checked here, where their place is known
  return network;
}
