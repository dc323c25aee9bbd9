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

/** From here on the direct method's sums cost more than a queue or groups (measured on chains, rings and reversible pairs). */
const mostForDirect = 800;
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
 * The exact method that is fastest for a network's size and how far its reactions reach: the direct method up to 800
 * reactions, beyond that the next reaction method, or composition–rejection where an event changes more than 10
 * propensities on average. Approximate methods are never chosen by themselves.
 */
export function chooseMethod(net: CompiledNetwork): MethodChoice {
  const reactions = net.rate.length;
  if (reactions <= mostForDirect) return directFor(reactions);
  const dependents = net.dependent.length / reactions;
  const reach = `an event changes ${dependents.toFixed(1)} propensities on average`;
  return dependents > manyDependents
    ? { method: compositionRejection, reason: `compositionRejection: ${reactions} reactions, and ${reach}` }
    : { method: nextReaction, reason: `nextReaction: ${reactions} reactions, and ${reach}` };
}
