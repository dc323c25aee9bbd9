import { ArgumentError, UnsupportedError } from "@dbd/numerics/errors";
import { type ArrayData, type NamedArray, sizeOf } from "../arrays/namedArray.ts";

/** \x93NUMPY. */
const magic: readonly number[] = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

type Numbers = Exclude<ArrayData, readonly string[]>;

/** Types of numbers: numpy's name and how to make an array of bytes of it. Little-endian, as every machine of today. */
const kinds: readonly (readonly [descr: string, bytes: number, make: (buffer: ArrayBuffer) => Numbers])[] = [
  ["<f8", 8, (b) => new Float64Array(b)],
  ["<f4", 4, (b) => new Float32Array(b)],
  ["<i4", 4, (b) => new Int32Array(b)],
  ["<u4", 4, (b) => new Uint32Array(b)],
  ["<i2", 2, (b) => new Int16Array(b)],
  ["<u2", 2, (b) => new Uint16Array(b)],
  ["|i1", 1, (b) => new Int8Array(b)],
  ["|u1", 1, (b) => new Uint8Array(b)],
];

function descrOf(data: ArrayData): string {
  if (data instanceof Float64Array) return "<f8";
  if (data instanceof Float32Array) return "<f4";
  if (data instanceof Int32Array) return "<i4";
  if (data instanceof Uint32Array) return "<u4";
  if (data instanceof Int16Array) return "<i2";
  if (data instanceof Uint16Array) return "<u2";
  if (data instanceof Int8Array) return "|i1";
  if (data instanceof Uint8Array) return "|u1";
  return `<U${Math.max(1, ...data.map((text) => Array.from(text).length))}`;
}

/** Texts as numpy keeps them: four bytes a character, filled up with zeros. */
function bytesOfTexts(texts: readonly string[], width: number): Uint8Array {
  const codes = new Uint32Array(texts.length * width);
  texts.forEach((text, i) => Array.from(text).forEach((c, j) => (codes[i * width + j] = c.codePointAt(0)!)));
  return new Uint8Array(codes.buffer);
}

const bytesOf = (data: Numbers): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Writes one array in NumPy's format 1.0 (NEP 1). */
export function writeNpy({ shape, data }: NamedArray): Uint8Array {
  const descr = descrOf(data);
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const length = Math.ceil((10 + header.length + 1) / 64) * 64 - 10;
  const body = Array.isArray(data) ? bytesOfTexts(data as string[], Number(descr.slice(2))) : bytesOf(data as Numbers);
  const out = new Uint8Array(10 + length + body.length);
  const text = `${header.padEnd(length - 1)}\n`;
  out.set(magic);
  out.set([1, 0, length & 255, length >> 8], 6);
  for (let i = 0; i < text.length; i++) out[10 + i] = text.charCodeAt(i);
  out.set(body, 10 + length);
  return out;
}

function fail(where: string, problem: string): never {
  throw new ArgumentError(where, problem, { hint: "The file may be cut short, or not be of NumPy" });
}

interface Header {
  readonly descr: string;
  readonly shape: readonly number[];
  /** Where the numbers begin. */
  readonly start: number;
}

function readHeader(bytes: Uint8Array, where: string): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || magic.some((byte, i) => bytes[i] !== byte)) fail(where, "found no array of NumPy");
  const version = bytes[6];
  if (version < 1 || version > 3) throw new UnsupportedError(`NumPy's array format ${version} (${where})`);
  const long = version > 1;
  const length = long ? view.getUint32(8, true) : view.getUint16(8, true);
  const from = long ? 12 : 10;
  const start = from + length;
  if (start > bytes.length || length > 65_536) fail(where, "the header is longer than the file");
  const text = String.fromCharCode(...bytes.subarray(from, Math.min(start, from + 10_000)));
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape'\s*:\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  if (order === undefined || shape === undefined)
    return fail(where, `found the header ${JSON.stringify(text.slice(0, 60).trim())}`);
  if (descr === undefined) throw new UnsupportedError(`an array of records (${where})`);
  const sizes = shape.split(",").flatMap((n) => (n.trim() === "" ? [] : [Number(n)]));
  if (order === "True" && sizes.length > 1) throw new UnsupportedError(`an array in Fortran's order (${where})`);
  return { descr, shape: sizes, start };
}

function textsOf(bytes: Uint8Array, width: number, where: string): string[] {
  const codes = new Uint32Array(bytes.slice().buffer);
  return Array.from({ length: width === 0 ? 0 : codes.length / width }, (_, i) => {
    const row = codes.subarray(i * width, (i + 1) * width);
    const end = row.indexOf(0);
    const used = end < 0 ? row : row.subarray(0, end);
    if (used.some((code) => code > 0x10_ffff)) fail(where, "found a character that is none");
    return Array.from(used, (code) => String.fromCodePoint(code)).join("");
  });
}

/** 64-bit integers as doubles, when that loses nothing. */
function wholeNumbers(bytes: Uint8Array, signed: boolean, where: string): Float64Array {
  const { buffer } = bytes.slice();
  const given = signed ? new BigInt64Array(buffer) : new BigUint64Array(buffer);
  return Float64Array.from(given, (value) => {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw new UnsupportedError(`the whole number ${value} (${where})`);
    return number;
  });
}

/**
 * Reads one array. 64-bit integers become doubles, truth values bytes.   @param where - For messages.
 * @throws {ArgumentError} For bytes that are no array.   @throws {UnsupportedError} For other types and orders.
 */
export function readNpy(bytes: Uint8Array, where: string): NamedArray {
  const { descr, shape, start } = readHeader(bytes, where);
  const body = bytes.subarray(start);
  const texts = /^<U(\d{1,6})$/.exec(descr);
  const known = kinds.find(([name]) => name === (descr === "|b1" ? "|u1" : descr));
  const width = texts === null ? (known?.[1] ?? (/^<[iu]8$/.test(descr) ? 8 : undefined)) : 4 * Number(texts[1]);
  if (width === undefined) throw new UnsupportedError(`the type "${descr}" (${where})`);
  const count = sizeOf(shape);
  if (body.length !== count * width)
    fail(where, `the header says [${shape.join(", ")}] of ${width} bytes, but ${body.length} bytes follow`);
  if (texts !== null)
    return { shape, data: width === 0 ? Array.from({ length: count }, () => "") : textsOf(body, width / 4, where) };
  const data = known === undefined ? wholeNumbers(body, descr === "<i8", where) : known[2](body.slice().buffer);
  return { shape, data };
}
