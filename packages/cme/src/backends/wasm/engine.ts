import type { FunctionSpec } from "@dbd/numerics/wasm/module";
import type { CompiledNetwork } from "../../compile.ts";
import { directBlocks, directEngine } from "../../ssa/direct/index.ts";
import type { Engine } from "../../ssa/engine.ts";
import type { Method } from "../../ssa/method.ts";
import { nextReactionEngine } from "../../ssa/nextReaction/index.ts";
import { simulatorOf } from "../../ssa/simulator.ts";
import { type MethodPlan, planTrajectory, type TrajectoryPlan } from "./advance.ts";
import { directAdvance } from "./directAdvance.ts";
import type { Frame } from "./frame.ts";
import { createGroupsEngine } from "./groupsEngine.ts";
import { startEngine } from "./module.ts";
import { nextReactionAdvance, queueSetFunction } from "./nextReactionAdvance.ts";
import { doubles, MemoryPlan, type PlannedArray, words } from "./plan.ts";
import { planTables } from "./reactionTables.ts";

/** A method written as WebAssembly: its functions after the laws and the ziggurat, and its engine in this language. */
interface WasmMethod {
  /** @param first - Index of the first of the functions. */
  functions(frame: Frame, plan: MethodPlan, first: number): FunctionSpec[];
  /** The engine that begins trajectories and takes up changes, on the module's own arrays. */
  engine(buffer: ArrayBuffer, at: TrajectoryPlan, a: PlannedArray): Engine;
}

function directMethod(net: CompiledNetwork, plan: MemoryPlan): WasmMethod {
  const sums = plan.array(directBlocks(net.rate.length), 8);
  return {
    functions: (frame, method) => [directAdvance(frame, method, sums)],
    engine: (buffer, { clock, next }, a) =>
      directEngine(net, {
        a: doubles(buffer, a),
        sums: doubles(buffer, sums),
        clock: doubles(buffer, clock),
        next: doubles(buffer, next),
      }),
  };
}

function nextReactionMethod(net: CompiledNetwork, plan: MemoryPlan): WasmMethod {
  const count = net.rate.length;
  const queue = { time: plan.array(count, 8), heap: plan.array(count, 4), place: plan.array(count, 4) };
  return {
    functions: (frame, method, first) => {
      const advance = nextReactionAdvance(frame, method, queue, first);
      return [queueSetFunction(queue), advance];
    },
    engine: (buffer, { clock }, a) =>
      nextReactionEngine(net, {
        a: doubles(buffer, a),
        clock: doubles(buffer, clock),
        queue: {
          time: doubles(buffer, queue.time),
          heap: words(buffer, queue.heap),
          place: words(buffer, queue.place),
        },
      }),
  };
}

/** Methods that are written as WebAssembly, by name. */
const methods: ReadonlyMap<string, (net: CompiledNetwork, plan: MemoryPlan) => WasmMethod> = new Map([
  ["direct", directMethod],
  ["nextReaction", nextReactionMethod],
]);

/**
 * An engine of one trajectory in WebAssembly written for a network: general laws, and any size of it that memory holds.
 * Direct and next reaction have the draws, sums and bits of their engines in this language, composition–rejection agrees
 * in law. It draws from the generator's state (`Start.state`); without one it runs in this language.
 * @returns undefined for a method that is not written so, more than 256 laws, or an engine without WebAssembly.
 */
export function createWasmEngine(net: CompiledNetwork, method: string): Engine | undefined {
  if (method === "compositionRejection") return createGroupsEngine(net);
  const prepare = methods.get(method);
  const count = net.rate.length;
  if (prepare === undefined || count === 0) return undefined;
  const plan = new MemoryPlan();
  const trajectory = planTrajectory(plan);
  const tables = planTables(net, net.dynamics?.width ?? net.network.species.length + 1, plan);
  // Padded to whole blocks by zeros.
  const a = { at: plan.array(16 * Math.ceil(count / 16), 8).at, length: count };
  const own = prepare(net, plan);
  const started = startEngine({ net, plan, trajectory, tables, a }, (frame, written, first) =>
    own.functions(frame, written, first),
  );
  return started?.engine(own.engine(started.buffer, trajectory, a));
}

/**
 * The same method with its engine in WebAssembly, where the network and this place allow it, for trajectories that carry
 * their generator's state.
 */
export function inWasm(method: Method): Method {
  return {
    name: method.name,
    prepare(net) {
      const engine = createWasmEngine(net, method.name);
      return engine === undefined ? method.prepare(net) : simulatorOf(net, method.name, engine);
    },
  };
}
