import { expect, test } from "vitest";
import { chiSquareScore } from "../stats/chiSquare.ts";
import { streamState } from "./stream.ts";
import { nextDouble, nextUint32, xoshiro } from "./xoshiro.ts";

test("the outputs of state 1, 2, 3, 4 are those of the reference implementation", () => {
  // Vigna's xoshiro128plusplus.c, as quoted in the tests of rand_xoshiro.
  const s = Int32Array.of(1, 2, 3, 4);
  const expected = [641, 1573767, 3222811527, 3517856514, 836907274, 4247214768, 3867114732, 1355841295, 495546011];
  expect(expected.map(() => nextUint32(s))).toEqual(expected);
});

test("a double takes 27 and 26 high bits of two outputs", () => {
  const expected = ((641 >>> 5) * 2 ** 26 + (1573767 >>> 6)) / 2 ** 53;
  expect(nextDouble(Int32Array.of(1, 2, 3, 4))).toBe(expected);
});

test("a saved state goes on where it stopped", () => {
  const s = streamState("save", 0);
  const random = xoshiro(s);
  random();
  const copy = xoshiro(s.slice());
  expect([random(), random()]).toEqual([copy(), copy()]);
});

test("uniform numbers fill [0, 1) evenly, in pairs too", () => {
  // Catches a double whose low half repeats its high half, and a state update that leaves neighbours correlated.
  const random = xoshiro(streamState("uniform", 0));
  const counts = new Float64Array(256);
  for (let i = 0; i < 50_000; i++) counts[Math.floor(16 * random()) * 16 + Math.floor(16 * random())]++;
  expect(Math.abs(chiSquareScore(counts, new Float64Array(256).fill(1 / 256)))).toBeLessThan(4.5);
});
