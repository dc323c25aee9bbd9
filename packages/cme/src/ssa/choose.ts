import { compile, type CompiledNetwork } from "../compile.ts";
import { compositionRejection } from "./compositionRejection/index.ts";
import { direct } from "./direct/index.ts";
import type { Network } from "../network.ts";
import type { Method } from "./method.ts";
import { nextReaction } from "./nextReaction/index.ts";

/** A method, and why it was taken: a sentence for the manifest of a run. */
export interface MethodChoice {
  readonly method: Method;
  readonly reason: string;
}

/**
 * From here on the direct method's sums cost more than groups or a queue. Measured on chains and rings of 40 to 2,000
 * reactions: in WebAssembly 67 ns an event against 69 of groups at 250 reactions and 97 against 58 at 1,000; in this
 * language 100 against 141 and 160 against 136.
 */
const mostForDirect = 400;
/** Dependents of an event beyond which moving each in a queue costs more than moving it between groups. */
const manyDependents = 10;

const directFor = (reactions: number): MethodChoice => ({
  method: direct,
  reason: `direct: ${reactions} reactions, at most ${mostForDirect}`,
});

/** As `chooseMethod`, compiling the network only where its size leaves a choice. */
export function choiceFor(network: Network): MethodChoice {
  const reactions = network.reactions.length;
  return reactions <= mostForDirect ? directFor(reactions) : chooseMethod(compile(network, { dynamics: true }));
}

/**
 * The exact method that is fastest for a network's size, the order of its reactions and how far they reach: the direct
 * method up to 400 reactions; beyond that composition–rejection for mass action, which WebAssembly runs in groups, or
 * where an event changes more than 10 propensities on average, else the next reaction method. Approximate methods are
 * never chosen by themselves.
 */
export function chooseMethod(net: CompiledNetwork): MethodChoice {
  const reactions = net.rate.length;
  if (reactions <= mostForDirect) return directFor(reactions);
  const dependents = net.dependent.length / reactions;
  const massAction = !net.hasLaws && net.dynamics === undefined;
  const reach = `an event changes ${dependents.toFixed(1)} propensities on average`;
  if (massAction)
    return { method: compositionRejection, reason: `compositionRejection: ${reactions} reactions of mass action` };
  return dependents > manyDependents
    ? { method: compositionRejection, reason: `compositionRejection: ${reactions} reactions, and ${reach}` }
    : { method: nextReaction, reason: `nextReaction: ${reactions} reactions, and ${reach}` };
}
