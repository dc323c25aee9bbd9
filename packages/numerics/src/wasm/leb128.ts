/** An unsigned integer below 2⁵³ in LEB128 (WebAssembly core specification 5.2.2). */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return [...bytes, rest];
}

/** A signed integer in LEB128: as few bytes as keep its sign. */
export function signed(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (;;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    const last = low < 64 ? rest === 0n : rest === -1n;
    bytes.push(last ? low : low | 0x80);
    if (last) return bytes;
  }
}
