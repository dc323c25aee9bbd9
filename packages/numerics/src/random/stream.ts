import seedrandom from "seedrandom";
import { ArgumentError } from "../errors.ts";
import { philox4x32 } from "./philox.ts";
import type { RandomSource, Seed } from "./source.ts";
import { xoshiro } from "./xoshiro.ts";

// The key of the seed used last: an ensemble asks for many streams of one seed. A cache only, so no result depends on it.
let cachedSeed: string | undefined;
const key = new Int32Array(2);
const counter = new Int32Array(4);

/** The 64-bit Philox key of a seed: two words from seedrandom's default generator (ARC4). */
function setKey(seed: Seed): void {
  if (typeof seed === "number" && !Number.isFinite(seed)) {
    throw new ArgumentError("stream", `seed must be a finite number or a text, got ${seed}`);
  }
  const text = String(seed);
  if (text === cachedSeed) return;
  const words = seedrandom(text);
  key[0] = words.int32();
  key[1] = words.int32();
  cachedSeed = text;
}

/**
 * The xoshiro128++ state of one stream: the Philox4x32-10 block whose key comes from the seed and whose counter is the
 * stream's number, so stream k is reached in O(1) and never depends on who runs the others.
 * @param stream - An integer in [0, 2⁵³).   @param out - Shape [4]; a new array when left out.
 */
export function streamState(seed: Seed, stream: number, out: Int32Array = new Int32Array(4)): Int32Array {
  if (!Number.isSafeInteger(stream) || stream < 0) {
    throw new ArgumentError("stream", `the stream's number must be an integer in [0, 2^53), got ${stream}`);
  }
  setKey(seed);
  counter[0] = stream | 0;
  counter[1] = Math.floor(stream / 4294967296);
  counter[2] = 0;
  counter[3] = 0;
  philox4x32(counter, key, out);
  // xoshiro's one forbidden state; one block in 2¹²⁸ meets it.
  if ((out[0] | out[1] | out[2] | out[3]) === 0) out[0] = 1;
  return out;
}

/** Stream `index` of a seed as a generator of uniform numbers in [0, 1). */
export function stream(seed: Seed, index: number): RandomSource {
  return xoshiro(streamState(seed, index));
}
