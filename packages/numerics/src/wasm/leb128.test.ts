import { expect, test } from "vitest";
import { signed, unsigned } from "./leb128.ts";

test("unsigned integers have the bytes of the specification's examples", () => {
  expect(unsigned(0)).toEqual([0]);
  expect(unsigned(127)).toEqual([127]);
  expect(unsigned(128)).toEqual([0x80, 1]);
  expect(unsigned(624485)).toEqual([0xe5, 0x8e, 0x26]);
  expect(unsigned(2 ** 32)).toEqual([0x80, 0x80, 0x80, 0x80, 0x10]);
});

test("signed integers keep their sign in as few bytes as possible", () => {
  expect(signed(63)).toEqual([63]);
  expect(signed(64)).toEqual([0xc0, 0]);
  expect(signed(-1)).toEqual([0x7f]);
  expect(signed(-64)).toEqual([0x40]);
  expect(signed(-123456)).toEqual([0xc0, 0xbb, 0x78]);
  expect(signed(-(2n ** 63n))).toHaveLength(10);
});
