import type { Network } from "@dbd/cme";
import type { Expression } from "@dbd/cme/expression";
import { SourceError, type SourcePlace, UnsupportedError } from "@dbd/numerics/errors";
import { assemble, type AssembleOptions, compartmentsOf } from "../model/assemble.ts";
import { UserFunctions } from "../model/functions.ts";
import { type Dialect, number, parseInfix } from "../model/infix.ts";
import { freshName, sourceName } from "../model/names.ts";
import {
  type SourceEvent,
  type SourceFormula,
  type SourceModel,
  type SourceReaction,
  type SourceReference,
  timeMark,
} from "../model/source.ts";
import { type Declared, sourceModelOf } from "./model.ts";
import { cutOutside, outside } from "./pieces.ts";
import { type Statement, statementsOf } from "./statements.ts";
import { constants, functions } from "./words.ts";

export interface AntimonyOptions extends AssembleOptions {
  /** The name of the file, for messages. */
  readonly file?: string;
}

const name = "[A-Za-z_]\\w*";
const functionShape = new RegExp(`^function\\s+(${name})\\s*\\(([^)]*)\\)\\s*(.*)$`);
const modelShape = new RegExp(`^(?:model|module)\\s+\\*?(${name})?\\s*(\\([^)]*\\))?$`);
const declarationShape = new RegExp(`^((?:(?:var|const|substanceOnly|species|compartment|formula)\\s+)+)(.*)$`);
const ruleShape = new RegExp(`^(${name})\\s*(:=|'\\s*=|=(?!=|>))\\s*(.+)$`);
const reactionShape = new RegExp(`^(?:(${name})\\s*:)?([^;:]*?)(->|=>)([^;]*)(?:;(.*))?$`);
const eventShape = new RegExp(`^(?:(${name})\\s*:\\s*)?at\\b\\s*(.*)$`);
const participantShape = new RegExp(`^(\\d+(?:\\.\\d+)?|${name}(?=\\s+\\$?${name}))?\\s*(\\$)?(${name})$`);

/** Words that begin statements which change no result. */
const passedOver =
  /^(unit\b|\w+\s+(has|identity|is|hypernym|description|part|hasPart)\b|model\s+\w+\s+\w+|\w+\s+is\s+")/;

class AntimonyReader {
  private readonly declared = new Map<string, Declared>();
  private readonly starts = new Map<string, SourceFormula>();
  private readonly assignments = new Map<string, SourceFormula>();
  private readonly rates = new Map<string, SourceFormula>();
  private readonly events: SourceEvent[] = [];
  private readonly reactions: SourceReaction[] = [];
  private readonly reactionNames = new Set<string>();
  private readonly functionTexts = new Map<string, () => { parameters: string[]; body: Expression }>();
  private readonly functions = new UserFunctions(this.functionTexts);
  private readonly file: string | undefined;
  private open: SourcePlace | undefined;
  private models = 0;

  constructor(file: string | undefined) {
    this.file = file;
  }

  private readonly dialect: Dialect = {
    functions,
    symbol: (text, place) => {
      if (text === "time") return { kind: "symbol", name: timeMark, place };
      const value = constants.get(text);
      return value === undefined ? { kind: "symbol", name: text, place } : number(value);
    },
    userCall: (text, args, place) => {
      if (this.functionTexts.has(text)) return this.functions.call(text, args, place);
      if (text === "delay" || text === "rateOf") throw new UnsupportedError(`the function ${text}`, { place });
      return undefined;
    },
  };

  private fail(place: SourcePlace, problem: string, hint?: string): never {
    throw new SourceError(place, problem, { hint });
  }

  private formula(text: string, place: SourcePlace): SourceFormula {
    return { value: parseInfix(text, place, this.dialect), place };
  }

  private declare(text: string, place: SourcePlace): Declared {
    const id = sourceName(text);
    const known = this.declared.get(id);
    if (known !== undefined) return known;
    const made: Declared = { place };
    this.declared.set(id, made);
    return made;
  }

  read(statements: readonly Statement[]): void {
    this.readFunctions(statements);
    const first: SourcePlace = statements[0]?.place ?? {
      ...(this.file === undefined ? {} : { file: this.file }),
      line: 1,
      column: 1,
    };
    this.functions.readAll(first);
    for (const statement of statements) this.statement(statement);
    if (this.open !== undefined)
      this.fail(this.open, "the file ends inside this model", 'It may be cut short: expected "end"');
  }

  /** Functions come first, wherever they stand; their statements end with `end`. */
  private readFunctions(statements: readonly Statement[]): void {
    for (const [i, { text, place }] of statements.entries()) {
      const match = functionShape.exec(text);
      if (match === null) {
        if (/^function\b/.test(text)) this.fail(place, 'expected "function f(x, y)"');
        continue;
      }
      const oneLine = match[3].trim();
      const body =
        oneLine === ""
          ? statements[i + 1]
          : { text: oneLine, place: { ...place, column: place.column + text.lastIndexOf(oneLine) } };
      if (body === undefined) this.fail(place, "the file ends inside this function");
      const parameters = match[2].split(",").flatMap((word) => (word.trim() === "" ? [] : [word.trim()]));
      if (this.functionTexts.has(match[1])) this.fail(place, `the function "${match[1]}" is given twice`);
      this.functionTexts.set(match[1], () => {
        const bare = body.text.replace(/\bend\s*$/, "");
        return { parameters, body: this.formula(bare, body.place).value };
      });
    }
  }

  private skipping = false;

  private statement(statement: Statement): void {
    const { text, place } = statement;
    if (functionShape.test(text)) {
      this.skipping = !/\bend\s*$/.test(text);
      return;
    }
    if (text === "end") {
      if (this.skipping) this.skipping = false;
      else if (this.open === undefined) this.fail(place, 'an "end" without a model');
      else this.open = undefined;
      return;
    }
    if (this.skipping) {
      if (/\bend\s*$/.test(text)) this.skipping = false;
      return;
    }
    const model = modelShape.exec(text);
    if (model !== null) {
      this.models++;
      if (this.open !== undefined) this.fail(place, `a model begins inside the model of line ${this.open.line}`);
      if (this.models > 1) throw new UnsupportedError("a second model in one file", { place });
      if (model[2] !== undefined && model[2].slice(1, -1).trim() !== "")
        throw new UnsupportedError("a model with arguments", { place });
      this.open = place;
      return;
    }
    if (/^(import|DNA|gene|operator|delete|constraint)\b/.test(text))
      throw new UnsupportedError(`the statement "${/^\w+/.exec(text)![0]}"`, { place });
    if (passedOver.test(text)) return;
    const event = eventShape.exec(text);
    if (event !== null) return this.event(event, statement);
    const reaction = reactionShape.exec(text);
    if (reaction !== null) return this.reaction(reaction, statement);
    const declaration = declarationShape.exec(text);
    if (declaration !== null) return this.declaration(declaration, statement);
    const rule = ruleShape.exec(text);
    if (rule !== null) return this.rule(rule, statement);
    const home = new RegExp(`^(${name})\\s+in\\s+(${name})$`).exec(text);
    if (home !== null) {
      this.declare(home[1], place).home = home[2];
      return;
    }
    if (new RegExp(`^${name}\\s*:\\s*${name}\\s*\\(`).test(text))
      throw new UnsupportedError("a model inside a model", { place });
    if (text.includes("<-") || text.includes("-|") || text.includes("-("))
      throw new UnsupportedError("an interaction", { place });
    this.fail(
      place,
      `expected a statement, found ${JSON.stringify(text.slice(0, 40))}`,
      'A statement is a reaction "J0: A + 2 B -> C; k*A*B", a value "k = 0.5", a rule "y := 2*A" or "x\' = 1", or an event "at A > 9: A = 0"',
    );
  }

  private declaration([, words, rest]: RegExpExecArray, { place, text }: Statement): void {
    const flags = words.trim().split(/\s+/);
    let at = text.length - rest.length;
    for (const item of rest.split(",")) {
      const here = { ...place, column: place.column + at + item.length - item.trimStart().length };
      at += item.length + 1;
      const match = new RegExp(`^\\s*(\\$)?(${name})(?:\\s+in\\s+(${name}))?\\s*(?:(:?=)\\s*(.+))?$`).exec(item);
      if (match === null) this.fail(here, `expected a name, found ${JSON.stringify(item.trim().slice(0, 40))}`);
      const found = this.declare(match[2], here);
      if (match[1] !== undefined) found.boundary = true;
      if (match[3] !== undefined) found.home = match[3];
      if (flags.includes("species")) found.kind = "species";
      if (flags.includes("compartment")) found.kind = "compartment";
      if (flags.includes("substanceOnly")) found.amount = true;
      if (flags.includes("const")) found.constant = true;
      if (flags.includes("var")) found.constant = false;
      if (match[5] !== undefined) {
        const formula = this.formula(match[5], { ...here, column: here.column + item.trimStart().indexOf(match[5]) });
        this.set(match[4] === ":=" ? this.assignments : this.starts, match[2], formula, here);
      }
    }
  }

  private set(to: Map<string, SourceFormula>, text: string, formula: SourceFormula, place: SourcePlace): void {
    const id = sourceName(text);
    const first = to.get(id);
    if (first !== undefined) this.fail(place, `"${text}" is given twice, first in line ${first.place.line}`);
    to.set(id, formula);
  }

  private rule([whole, target, sign, body]: RegExpExecArray, { place }: Statement): void {
    const formula = this.formula(body, { ...place, column: place.column + whole.length - body.length });
    this.declare(target, place);
    this.set(sign === "=" ? this.starts : sign === ":=" ? this.assignments : this.rates, target, formula, place);
  }

  private references(text: string, place: SourcePlace): SourceReference[] {
    if (text.trim() === "" || text.trim() === "0") return [];
    let at = 0;
    return text.split("+").map((item) => {
      const here = { ...place, column: place.column + at + item.length - item.trimStart().length };
      at += item.length + 1;
      const match = participantShape.exec(item.trim().replace(/^(\d+(?:\.\d+)?)\s*\*\s*/, "$1 "));
      if (match === null)
        this.fail(here, `expected a species such as "A" or "2 A", found ${JSON.stringify(item.trim())}`);
      const found = this.declare(match[3], here);
      found.kind ??= "species";
      if (match[2] !== undefined) found.boundary = true;
      const count = match[1] ?? "1";
      const stoichiometry = /^\d/.test(count) ? Number(count) : this.formula(count, here);
      return { species: sourceName(match[3]), stoichiometry, place: here };
    });
  }

  private reaction([, label, left, arrow, right, law]: RegExpExecArray, { text, place }: Statement): void {
    const id = sourceName(label ?? freshName(`_J${this.reactions.length}`, this.reactionNames));
    if (label !== undefined && this.reactionNames.has(id)) this.fail(place, `the reaction "${label}" is given twice`);
    this.reactionNames.add(id);
    const at = text.indexOf(arrow);
    if (law === undefined || law.trim() === "")
      throw new UnsupportedError(`a reaction without a rate ("${label ?? text.slice(0, 40)}")`, { place });
    const lawAt = text.length - law.trimStart().length;
    this.reactions.push({
      id,
      reactants: this.references(left, { ...place, column: place.column + at - left.length }),
      products: this.references(right, { ...place, column: place.column + at + 2 }),
      law: this.formula(law.trim(), { ...place, column: place.column + lawAt }),
      reversible: arrow === "->",
      place,
    });
  }

  /** `at [delay after] trigger[, flag=value]: target = value, …`. */
  private event([, label, rest]: RegExpExecArray, { text, place }: Statement): void {
    const begin = text.length - rest.length;
    const placeAt = (at: number): SourcePlace => ({ ...place, column: place.column + begin + at });
    const colon = outside(rest, ":", 0);
    if (colon < 0) this.fail(placeAt(rest.length), 'expected ":" and what the event sets');
    const head = cutOutside(rest.slice(0, colon), ",");
    const sets = cutOutside(rest.slice(colon + 1), ",");
    const flags = new Map<string, { text: string; at: number }>();
    for (const flag of head.slice(1)) {
      const match = /^\s*(t0|persistent|fromTrigger|priority)\s*=\s*(.+)$/.exec(flag.text);
      if (match === null)
        this.fail(placeAt(flag.at), `unknown option of an event: ${JSON.stringify(flag.text.trim())}`);
      flags.set(match[1], { text: match[2].trim(), at: flag.at + flag.text.indexOf(match[2]) });
    }
    const truth = (flag: string, absent: boolean): boolean => {
      const given = flags.get(flag);
      if (given === undefined) return absent;
      if (given.text !== "true" && given.text !== "false")
        this.fail(placeAt(given.at), `expected true or false after ${flag}=`);
      return given.text === "true";
    };
    const condition = head[0];
    const after = /^(.*?)\bafter\b(.*)$/.exec(condition.text);
    const piece = (words: string, at: number): SourceFormula =>
      this.formula(words.trim(), placeAt(at + words.length - words.trimStart().length));
    const priority = flags.get("priority");
    const assignments = new Map<string, SourceFormula>();
    for (const { text: set, at } of sets) {
      const match = new RegExp(`^\\s*(${name})\\s*=(?!=)(.*)$`).exec(set);
      if (match === null)
        this.fail(placeAt(colon + 1 + at), `expected "name = value", found ${JSON.stringify(set.trim())}`);
      if (assignments.has(sourceName(match[1]))) this.fail(placeAt(colon + 1 + at), `"${match[1]}" is set twice`);
      this.declare(match[1], place);
      assignments.set(sourceName(match[1]), piece(match[2], colon + 1 + at + set.length - match[2].length));
    }
    this.events.push({
      ...(label === undefined ? {} : { id: label }),
      trigger: after === null ? piece(condition.text, 0) : piece(after[2], condition.text.length - after[2].length),
      delay: after === null ? undefined : piece(after[1], 0),
      priority: priority === undefined ? undefined : piece(priority.text, priority.at),
      initialTrigger: truth("t0", true),
      persistent: truth("persistent", true),
      fromTriggerTime: truth("fromTrigger", true),
      assignments,
      place,
    });
  }

  /** What was read, with every name as what it is. */
  model(): SourceModel {
    const { declared, starts, assignments, rates, events, reactions, reactionNames, file } = this;
    return sourceModelOf({ declared, starts, assignments, rates, events, reactions, reactionNames, file });
  }
}

/**
 * Reads a model in the part of Antimony that describes one reaction network: species and compartments, values, rules,
 * functions, reactions with their rates, and events. Rates are taken as written; species are concentrations unless they are
 * `substanceOnly`, in a compartment of size 1 unless one is given. Smith et al. 2009, doi:10.1093/bioinformatics/btp401.
 * @throws {SourceError} For a bad text.   @throws {UnsupportedError} For modules, interactions, constraints and the like.
 */
export function readAntimony(text: string, { file, ...options }: AntimonyOptions = {}): Network {
  return assemble(readSource(text, file), options);
}

function readSource(text: string, file: string | undefined): SourceModel {
  const reader = new AntimonyReader(file);
  reader.read(statementsOf(text, file));
  return reader.model();
}

/** The compartment of every species of an Antimony text, whose size is a parameter or a rule of the network. */
export function antimonyCompartments(text: string, { file }: AntimonyOptions = {}): ReadonlyMap<string, string> {
  return compartmentsOf(readSource(text, file));
}
