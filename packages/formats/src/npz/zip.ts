import { ArgumentError, UnsupportedError } from "@dbd/numerics/errors";
import { Inflate, strFromU8 } from "fflate";

/** One file in an archive, as its central directory says. */
interface Entry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly at: number;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xed_b8_83_20 ^ (c >>> 1) : c >>> 1;
  return c;
});

function crcOf(bytes: Uint8Array): number {
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) crc = crcTable[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
  return (crc ^ -1) >>> 0;
}

function fail(where: string, problem: string): never {
  throw new ArgumentError(where, problem, { hint: "The archive may be cut short or damaged" });
}

/** The end record: the last one whose comment ends with the file. */
function endRecord(view: DataView, where: string): number {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 22 - 65_535); at--)
    if (view.getUint32(at, true) === 0x06_05_4b_50 && at + 22 + view.getUint16(at + 20, true) === view.byteLength)
      return at;
  return fail(where, "found no zip archive");
}

function entriesOf(view: DataView, bytes: Uint8Array, where: string): Entry[] {
  const end = endRecord(view, where);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count === 0xff_ff || at === 0xff_ff_ff_ff) throw new UnsupportedError(`a zip64 archive (${where})`);
  const entries: Entry[] = [];
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== 0x02_01_4b_50)
      fail(where, `the directory names ${count} files, but holds ${i}`);
    const names = view.getUint16(at + 28, true);
    const name = strFromU8(bytes.subarray(at + 46, at + 46 + names));
    if ((view.getUint16(at + 8, true) & 1) === 1) throw new UnsupportedError(`an encrypted file (${where}: ${name})`);
    entries.push({
      name,
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      at: view.getUint32(at + 42, true),
    });
    at += 46 + names + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

/** Bytes that are unpacked between two looks at how many there are. */
const piece = 16_384;

/** Unpacks one file, and stops as soon as it is longer than it says. */
function unpack({ name, method, crc, size }: Entry, packed: Uint8Array, where: string): Uint8Array {
  const here = `${where}: ${name}`;
  if (method !== 0 && method !== 8) throw new UnsupportedError(`the compression method ${method} (${here})`);
  const chunks: Uint8Array[] = [];
  let found = 0;
  const take = (chunk: Uint8Array): void => {
    found += chunk.length;
    if (found > size) fail(here, `the archive says ${size} bytes, but more are in it`);
    chunks.push(chunk);
  };
  if (method === 0) take(packed);
  else {
    const inflate = new Inflate(take);
    try {
      for (let at = 0; at < packed.length; at += piece)
        inflate.push(packed.subarray(at, at + piece), at + piece >= packed.length);
    } catch (error) {
      if (error instanceof ArgumentError) throw error;
      fail(here, `the packed bytes are damaged (${(error as Error).message})`);
    }
  }
  if (found !== size) fail(here, `the archive says ${size} bytes, but ${found} are in it`);
  const out = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  if (crcOf(out) !== crc) fail(here, "the checksum is wrong");
  return out;
}

/**
 * Unpacks a zip archive. What its directory says is believed only as a bound: no file may be longer, all together may not
 * exceed `most`, and no two may share bytes.
 * @throws {ArgumentError} For an archive that is damaged or lies.   @throws {UnsupportedError} For zip64 and encryption.
 */
export function unzip(bytes: Uint8Array, most: number, where: string): ReadonlyMap<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = entriesOf(view, bytes, where);
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  if (total > most) fail(where, `the files of the archive are ${total} bytes, more than the ${most} that are read`);
  const files = new Map<string, Uint8Array>();
  let free = 0;
  for (const entry of [...entries].sort((a, b) => a.at - b.at)) {
    const { at, name, packed } = entry;
    if (at < free) fail(where, `"${name}" shares bytes with another file`);
    if (at + 30 > bytes.length || view.getUint32(at, true) !== 0x04_03_4b_50)
      fail(where, `"${name}" is not where it should be`);
    const start = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
    if (start + packed > bytes.length) fail(where, `"${name}" goes on beyond the end of the archive`);
    free = start + packed;
    if (files.has(name)) fail(where, `two files have the name "${name}"`);
    files.set(name, unpack(entry, bytes.subarray(start, start + packed), where));
  }
  return new Map(entries.map(({ name }) => [name, files.get(name)!]));
}
