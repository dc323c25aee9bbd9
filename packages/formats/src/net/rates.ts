import type { Network, Participant, Rate } from "@dbd/cme";
import type { Expression } from "@dbd/cme/expression";
import { SourceError, UnsupportedError } from "@dbd/numerics/errors";
import { call, number } from "../model/infix.ts";
import { fallingFactors, symmetryOf } from "../model/reaction.ts";
import { type NetLine, restOf, wordPlace } from "./blocks.ts";
import { type NetReader, symbol } from "./reader.ts";

const product = (factors: readonly Expression[]): Expression =>
  factors.length === 1 ? factors[0] : call("*", ...factors);

/**
 * The rate laws with a word of their own, as BioNetGen means them: substrate is the first reactant, every other reactant
 * multiplies. Faeder, Blinov & Hlavacek 2009, doi:10.1007/978-1-59745-525-1_5.
 */
function namedLaw(
  type: string,
  values: readonly Expression[],
  network: Network,
  reactants: readonly Participant[],
): Expression {
  const [substrate, enzyme] = reactants.map(({ species }) => symbol(network.species[species]));
  const all = fallingFactors(network, reactants);
  const [k, half, power] = values;
  if (type === "Sat") return call("/", product([k, ...all]), call("+", half, substrate));
  if (type === "Hill") {
    const raised = call("^", substrate, power);
    const rest = fallingFactors(network, reactants.slice(1));
    return call("/", product([k, raised, ...rest]), call("+", call("^", half, power), raised));
  }
  // MM: the free substrate under the total quasi-steady-state approximation.
  const gap = call("+", substrate, call("neg", half), call("neg", enzyme));
  const root = call("sqrt", call("+", call("^", gap, number(2)), call("*", number(4), half, substrate)));
  const free = call("*", number(0.5), call("+", gap, root));
  return call("/", product([k, free, enzyme]), call("+", half, free));
}

const namedLaws: ReadonlyMap<string, readonly [parameters: number, reactants: number]> = new Map([
  ["Sat", [2, 1]],
  ["MM", [2, 2]],
  ["Hill", [3, 1]],
]);

/** The rate of a reaction line. */
export function readRate(reader: NetReader, network: Network, line: NetLine, reactants: readonly Participant[]): Rate {
  const text = restOf(line, 3).trimEnd();
  const place = wordPlace(line, 3);
  if (text === "") throw new SourceError(place, "expected the rate, found the end of the line");
  const named = /^(?:(.*)\*)?(Sat|MM|Hill|FunctionProduct|Arrhenius|TFUN)\b\s*\(?([^()]*)\)?$/.exec(text);
  const known = namedLaws.get(named?.[2] ?? "");
  if (named !== null && known === undefined) throw new UnsupportedError(`the rate law ${named[2]}`, { place });
  if (named !== null && known !== undefined) {
    const values = named[3].split(/[\s,]+/).filter((word) => word !== "");
    if (values.length !== known[0] || reactants.length < known[1])
      throw new SourceError(place, `${named[2]} takes ${known[0]} parameters and at least ${known[1]} reactants`);
    const law = namedLaw(
      named[2],
      values.map((value) => reader.formula(value, place)),
      network,
      reactants,
    );
    const factor = named[1];
    return { kind: "law", law: factor === undefined ? law : call("*", reader.formula(factor, place), law) };
  }
  // In a .net the rate times n(n−1)… is the propensity: the factor 1/2 of equal reactants is written in the rate.
  const rate = reader.formula(text, place);
  const symmetry = symmetryOf(reactants);
  return { kind: "massAction", constant: symmetry === 1 ? rate : call("*", number(symmetry), rate) };
}
