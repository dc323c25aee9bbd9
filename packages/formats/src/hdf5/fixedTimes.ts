const rotate = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

/** Jenkins' hash lookup3 of bytes, little-endian, as HDF5 checks its metadata (Jenkins 2006, burtleburtle.net). */
export function lookup3(bytes: Uint8Array): number {
  let a = (0xde_ad_be_ef + bytes.length) | 0;
  let b = a;
  let c = a;
  const word = (at: number): number => {
    let value = 0;
    for (let i = 0; i < 4 && at + i < bytes.length; i++) value |= bytes[at + i] << (8 * i);
    return value;
  };
  let at = 0;
  for (; bytes.length - at > 12; at += 12) {
    a = (a + word(at)) | 0;
    b = (b + word(at + 4)) | 0;
    c = (c + word(at + 8)) | 0;
    a = ((a - c) | 0) ^ rotate(c, 4);
    c = (c + b) | 0;
    b = ((b - a) | 0) ^ rotate(a, 6);
    a = (a + c) | 0;
    c = ((c - b) | 0) ^ rotate(b, 8);
    b = (b + a) | 0;
    a = ((a - c) | 0) ^ rotate(c, 16);
    c = (c + b) | 0;
    b = ((b - a) | 0) ^ rotate(a, 19);
    a = (a + c) | 0;
    c = ((c - b) | 0) ^ rotate(b, 4);
    b = (b + a) | 0;
  }
  if (at === bytes.length) return c >>> 0;
  a = (a + word(at)) | 0;
  b = (b + word(at + 4)) | 0;
  c = (c + word(at + 8)) | 0;
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
  return c >>> 0;
}

/** Whether an object header stores four times. */
const hasTimes = 0x20;

/**
 * Sets the times in every object header (version 2) of an HDF5 file to 1970 and its checksum right again, in place: the
 * same arrays are then the same bytes whenever they are written. A header is known by its mark and its own checksum.
 */
export function fixTimes(file: Uint8Array): void {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = file.indexOf(0x4f); at >= 0; at = file.indexOf(0x4f, at + 1)) {
    if (at + 26 > file.length || view.getUint32(at, false) !== 0x4f_48_44_52 || file[at + 4] !== 2) continue;
    const flags = file[at + 5];
    if ((flags & hasTimes) === 0) continue;
    const phases = (flags & 0x10) === 0 ? 0 : 4;
    const width = 1 << (flags & 3);
    const sizeAt = at + 6 + 16 + phases;
    let size = 0;
    for (let i = Math.min(width, 4) - 1; i >= 0; i--) size = size * 256 + file[sizeAt + i];
    const end = sizeAt + width + size;
    if (end + 4 > file.length || lookup3(file.subarray(at, end)) !== view.getUint32(end, true)) continue;
    file.fill(0, at + 6, at + 22);
    view.setUint32(end, lookup3(file.subarray(at, end)), true);
  }
}
