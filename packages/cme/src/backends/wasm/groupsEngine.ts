import { drawExponentialByZiggurat } from "@dbd/numerics/random/ziggurat";
import type { CompiledNetwork } from "../../compile.ts";
import { largestCount } from "../../network.ts";
import { compositionRejectionEngine } from "../../ssa/compositionRejection/index.ts";
import type { Engine, Start } from "../../ssa/engine.ts";
import { factorsOf } from "../../ssa/factors.ts";
import { planTrajectory, type TrajectoryPlan } from "./advance.ts";
import { type Channels, channelsOf } from "./channels.ts";
import { type GroupsPlan, groupsAdvance, moveFunction, sumGroupFunction } from "./groupsAdvance.ts";
import { type EnginePlan, startEngine } from "./module.ts";
import { doubles, MemoryPlan, type PlannedArray, words } from "./plan.ts";
import { planTables } from "./reactionTables.ts";

/** Groups of one module: enough for counts below 2³¹ in three factors and constants within a factor of 2³⁰. */
const GROUPS = 128;
const WIDEST = 2 ** 30;

const double = new DataView(new ArrayBuffer(8));

/** The biased exponent of a double ≥ 0. */
function exponentOf(value: number): number {
  double.setFloat64(0, value);
  return double.getUint32(0) >>> 20;
}

/** Whether all propensities that can come lie in the groups of one module. */
function supports(net: CompiledNetwork): boolean {
  const rates = net.rate.filter((rate) => rate > 0);
  if (net.dynamics !== undefined || net.hasLaws || rates.length === 0) return false;
  const least = rates.reduce((a, b) => Math.min(a, b));
  const most = rates.reduce((a, b) => a + b);
  const orders = Array.from(net.rate, (_, r) =>
    net.order.subarray(net.start[r], net.start[r + 1]).reduce((a, b) => a + b, 0),
  );
  return least > 1e-200 && most < 1e200 && most / least < WIDEST && orders.every((order) => order <= 3);
}

function planGroups(net: CompiledNetwork, channels: Channels, plan: MemoryPlan): GroupsPlan {
  const count = channels.net.rate.length;
  const least = net.rate.filter((rate) => rate > 0).reduce((a, b) => Math.min(a, b));
  return {
    sums: plan.array(GROUPS, 8),
    sizes: plan.array(GROUPS, 4),
    fresh: plan.array(GROUPS, 4),
    members: plan.array(GROUPS * count, 4),
    place: plan.array(count, 4),
    range: plan.array(2, 4),
    upper: plan.array(GROUPS, 8),
    channelStart: plan.array(count + 1, 4),
    reactions: plan.array(2 * net.rate.length, 8),
    lowest: exponentOf(least),
    channels: count,
  };
}

function fillGroups(net: CompiledNetwork, { start, members }: Channels, groups: GroupsPlan, buffer: ArrayBuffer): void {
  const upper = doubles(buffer, groups.upper);
  for (let g = 0; g < GROUPS; g++) upper[g] = 2 ** (groups.lowest - 1023 + g + 1);
  const starts = words(buffer, groups.channelStart);
  for (let c = 0; c < starts.length; c++) starts[c] = groups.reactions.at + 16 * start[c];
  const numbers = new Float64Array(buffer);
  const integers = new Int32Array(buffer);
  for (const [i, r] of members.entries()) {
    numbers[groups.reactions.at / 8 + 2 * i] = net.rate[r];
    integers[groups.reactions.at / 4 + 4 * i + 2] = 4 * r;
  }
}

/** Begins trajectories in the module's arrays. */
function beginner(
  net: CompiledNetwork,
  groups: GroupsPlan,
  at: TrajectoryPlan,
  aAt: PlannedArray,
  buffer: ArrayBuffer,
) {
  const { rate } = net;
  const { first, second, third, less2, less3 } = factorsOf(net);
  const a = doubles(buffer, aAt);
  const sums = doubles(buffer, groups.sums);
  const sizes = words(buffer, groups.sizes);
  const fresh = words(buffer, groups.fresh);
  const members = words(buffer, groups.members);
  const place = words(buffer, groups.place);
  const range = words(buffer, groups.range);
  const clock = doubles(buffer, at.clock);
  const next = doubles(buffer, at.next);
  return ({ x, time, random }: Start): void => {
    clock[0] = time;
    clock[1] = 0;
    sums.fill(0);
    sizes.fill(0);
    range[0] = 8 * GROUPS;
    range[1] = -8;
    for (let c = 0; c < a.length; c++) {
      const value = rate[c] * x[first[c]] * (x[second[c]] - less2[c]) * (x[third[c]] - less3[c]);
      a[c] = value;
      if (value === 0) continue;
      const g = exponentOf(value) - groups.lowest;
      members[g * a.length + sizes[g]] = c;
      place[c] = sizes[g]++;
      sums[g] += value;
      range[0] = Math.min(range[0], 8 * g);
      range[1] = Math.max(range[1], 8 * g);
    }
    fresh.set(sizes);
    let total = 0;
    for (let g = GROUPS - 1; g >= 0; g--) total += sums[g];
    next[0] = total > 0 ? time + drawExponentialByZiggurat(random) / total : Infinity;
    next[1] = total;
  };
}

/**
 * Composition–rejection in WebAssembly over the channels of a network of mass action: reactions with equal reactants are
 * one entry of a group, so that an event moves fewer of them. Agrees with the method in this language in law, not in
 * bits. Counts beyond 2³¹ run in this language.
 * @returns undefined for laws, rules, events, orders above three and constants further apart than 2³⁰.
 */
export function createGroupsEngine(net: CompiledNetwork): Engine | undefined {
  if (!supports(net)) return undefined;
  const channels = channelsOf(net);
  const plan = new MemoryPlan();
  const trajectory = planTrajectory(plan);
  const tables = planTables(channels.net, net.network.species.length + 1, plan);
  const a = plan.array(channels.net.rate.length, 8);
  const groups = planGroups(net, channels, plan);
  const module: EnginePlan = { net, plan, trajectory, tables, a };
  const started = startEngine(module, (frame, written, first) => [
    sumGroupFunction(groups, a),
    moveFunction(groups, first),
    groupsAdvance(frame, written, groups, { sumGroup: first, move: first + 1 }),
  ]);
  if (started === undefined) return undefined;
  const { buffer } = started;
  fillGroups(net, channels, groups, buffer);
  const begin = beginner(channels.net, groups, trajectory, a, buffer);
  const clock = doubles(buffer, trajectory.clock);
  const never = (): never => {
    throw new Error("composition–rejection in WebAssembly has no events");
  };
  const native = started.engine({ clock, begin, refresh: never, advance: never });
  const generic = compositionRejectionEngine(net);
  // A caller's own generator is a function of this language, and groups end at counts of 2³¹.
  let engine = native;
  return {
    home: native.home!,
    get clock() {
      return engine.clock;
    },
    begin(start) {
      engine = start.state === undefined || start.most > largestCount ? generic : native;
      engine.begin(start);
    },
    advance: (until, budget, stops) => engine.advance(until, budget, stops),
    refresh: (t, reactions) => engine.refresh(t, reactions),
  };
}
