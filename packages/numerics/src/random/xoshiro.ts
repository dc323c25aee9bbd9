import type { RandomSource } from "./source.ts";

/**
 * The next 32 bits of xoshiro128++ 1.0 (Blackman & Vigna 2021, doi:10.1145/3460772; period 2¹²⁸ − 1).
 * @param s - State, shape [4], not all zero. Advanced in place; there is no other state.
 */
export function nextUint32(s: Int32Array): number {
  const s0 = s[0];
  const s1 = s[1];
  const s3 = s[3];
  const sum = (s0 + s3) | 0;
  const result = (((sum << 7) | (sum >>> 25)) + s0) >>> 0;
  const x2 = s[2] ^ s0;
  const x3 = s3 ^ s1;
  s[1] = s1 ^ x2;
  s[0] = s0 ^ x3;
  s[2] = x2 ^ (s1 << 9);
  s[3] = (x3 << 11) | (x3 >>> 21);
  return result;
}

/** A uniform multiple of 2⁻⁵³ in [0, 1), from two outputs: 27 high bits of the first, 26 of the second. */
export function nextDouble(s: Int32Array): number {
  const high = nextUint32(s) >>> 5;
  return (high * 67108864 + (nextUint32(s) >>> 6)) / 9007199254740992;
}

/** The generator as a function; it advances the state that it is given, so a caller may save it and go on later. */
export function xoshiro(s: Int32Array): RandomSource {
  return () => nextDouble(s);
}
