import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ArgumentError, UnsupportedError } from "@dbd/numerics/errors";
import * as fc from "fast-check";
import { zipSync } from "fflate";
import { afterAll, describe, expect, test } from "vitest";
import { type Arrays, type NamedArray, trajectoryArrays } from "./arrays.ts";
import { readCsv, writeCsv, writeTrajectoryCsv } from "./csv.ts";
import { readHdf5, writeHdf5 } from "./hdf5.ts";
import { lookup3 } from "./hdf5/fixedTimes.ts";
import { readNpz, writeNpz } from "./npz.ts";
import { writeNpy } from "./npz/npy.ts";
import { latticeParticles, type ParticleTrajectory, readSimularium, writeSimularium } from "./simularium.ts";

const python = "/usr/bin/python3";
const available = existsSync(python) && spawnSync(python, ["-c", "import numpy, h5py"]).status === 0;
const folder = mkdtempSync(join(tmpdir(), "dbd-results-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shapes = fc.array(fc.nat(4), { minLength: 1, maxLength: 3 });
const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const kinds = [Float64Array, Float32Array, Int32Array, Uint32Array, Int16Array, Uint16Array, Int8Array, Uint8Array];
/** Texts without the character that both formats end a text with. */
const word = fc
  .string({ unit: "grapheme", maxLength: 5 })
  .map((text) => text.replaceAll("\0", "").replaceAll("\uFFFD", ""));
const array: fc.Arbitrary<NamedArray> = shapes.chain((shape) => {
  const size = { minLength: count(shape), maxLength: count(shape) };
  return fc.oneof(
    { weight: 3, arbitrary: fc.array(fc.double(), size).map((data) => ({ shape, data: Float64Array.from(data) })) },
    fc
      .tuple(fc.constantFrom(...kinds), fc.array(fc.nat(255), size))
      .map(([Kind, data]) => ({ shape, data: Kind.from(data) })),
    fc.array(word, size).map((data) => ({ shape, data })),
  );
});
const name = fc.constantFrom("x", "times", "__proto__", "constructor", "α β", "a.b");
const arrays: fc.Arbitrary<Arrays> = fc.array(fc.tuple(name, array), { maxLength: 4 }).map((pairs) => new Map(pairs));

const sorted = (given: Arrays): [string, NamedArray][] => [...given].sort(([a], [b]) => (a < b ? -1 : 1));

describe("arrays are read back as they were written", () => {
  test("npz", () => {
    fc.assert(
      fc.property(arrays, (given) => {
        expect([...readNpz(writeNpz(given))]).toEqual([...given]);
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  test("HDF5", async () => {
    await fc.assert(
      fc.asyncProperty(arrays, async (given) => {
        expect(sorted(await readHdf5(await writeHdf5(given)))).toEqual(sorted(given));
      }),
      { seed: 1, numRuns: 25 },
    );
  });

  test("CSV, of numbers and texts", () => {
    const cell = fc.oneof(
      fc.double({ noNaN: true }),
      fc.string().filter((text) => text !== ""),
    );
    const table = fc.tuple(
      fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 3, maxLength: 3 }),
      fc.array(fc.tuple(cell, cell, cell), { maxLength: 5 }),
    );
    fc.assert(
      fc.property(table, ([header, rows]) => {
        const read = readCsv(writeCsv(header, rows));
        expect(read.header).toEqual(header);
        read.rows.forEach((row, i) =>
          row.forEach((text, j) => expect(typeof rows[i][j] === "number" ? Number(text) : text).toBe(rows[i][j])),
        );
        expect(read.rows).toHaveLength(rows.length);
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});

const sample: Arrays = new Map<string, NamedArray>([
  ["x", { shape: [2, 3], data: Float64Array.of(1.5, -0, Number.NaN, Infinity, 1e-300, 6) }],
  ["i", { shape: [2], data: Int32Array.of(-7, 2 ** 31 - 1) }],
  ["u", { shape: [0, 3], data: new Uint8Array(0) }],
  ["names", { shape: [3], data: ["A", "α_2", ""] }],
]);
const ensemble = {
  times: [0, 0.5],
  species: ["A", "B"],
  runs: 2,
  trajectories: Int32Array.of(1, 2, 3, 4, 5, 6, 7, 8),
};

const oracle = `
import json, sys, numpy as np, h5py
folder = sys.argv[1]
z = np.load(folder + "/a.npz"); h = h5py.File(folder + "/a.h5", "r"); t = np.load(folder + "/t.npz"); s = json.load(open(folder + "/p.simularium"))
text = lambda a: [x if isinstance(x, str) else x.decode("utf8") for x in a]
show = lambda f, names: {k: [str(f[k][()].dtype), list(f[k][()].shape), repr(f[k][()].tolist()) if names != k else text(f[k][()])] for k in sorted(f.keys())}
np.savez_compressed(folder + "/numpy.npz", a=np.arange(6).reshape(2, 3), b=np.array([True, False]), c=np.array(["xy", "z"]), d=np.float32(2.5), e=np.array([], dtype="<f8"))
with h5py.File(folder + "/h5py.h5", "w") as f:
    f["a"] = np.arange(6).reshape(2, 3); f["c"] = ["xy", "z"]; f.create_dataset("packed", data=np.ones((4, 5)), compression="gzip"); f.create_group("g")
print(json.dumps({"npz": show(z, "names"), "h5": show(h, "names"), "t": [list(t["trajectories"].shape), int(t["trajectories"][1, 0, 1]), t["species"].tolist()], "times": [h.get("x").id.get_create_plist().get_obj_track_times()], "sim": [s["trajectoryInfo"]["version"], len(s["spatialData"]["bundleData"][0]["data"])]}))
`;

const particles: ParticleTrajectory = {
  box: [4, 2, 2],
  types: [
    { name: "A", radius: 0.5, color: "#ff0000" },
    { name: "B", radius: 0.25 },
  ],
  frames: [
    { time: 0, types: [0, 1], ids: [7, 3], positions: [0, 0, 0, 3.5, 1, 2] },
    { time: 0.5, types: [1], ids: [3], positions: [1, 1, 1] },
  ],
  title: "two",
  timeUnit: "s",
  lengthUnit: "nm",
};

test.skipIf(!available)(
  `numpy and h5py read what we wrote, and we read what they wrote${available ? "" : " (skipped: python3-numpy or python3-h5py is not installed)"}`,
  async () => {
    writeFileSync(join(folder, "a.npz"), writeNpz(sample));
    writeFileSync(join(folder, "a.h5"), await writeHdf5(sample));
    writeFileSync(join(folder, "t.npz"), writeNpz(trajectoryArrays(ensemble)));
    writeFileSync(join(folder, "p.simularium"), writeSimularium(particles));
    const answer = JSON.parse(execFileSync(python, ["-c", oracle, folder], { encoding: "utf8" })) as Record<
      string,
      unknown
    >;
    const numbers = {
      x: ["float64", [2, 3], "[[1.5, -0.0, nan], [inf, 1e-300, 6.0]]"],
      i: ["int32", [2], "[-7, 2147483647]"],
      u: ["uint8", [0, 3], "[]"],
    };
    expect(answer["npz"]).toEqual({ ...numbers, names: ["<U3", [3], ["A", "α_2", ""]] });
    expect(answer["h5"]).toEqual({ ...numbers, names: ["object", [3], ["A", "α_2", ""]] });
    expect(answer["t"]).toEqual([[2, 2, 2], 6, ["A", "B"]]);
    expect(answer["sim"]).toEqual([3, 22]);
    const { readFileSync } = await import("node:fs");
    const foreign = readNpz(readFileSync(join(folder, "numpy.npz")));
    expect(foreign.get("a")).toEqual({ shape: [2, 3], data: Float64Array.of(0, 1, 2, 3, 4, 5) });
    expect(foreign.get("b")).toEqual({ shape: [2], data: Uint8Array.of(1, 0) });
    expect(foreign.get("c")).toEqual({ shape: [2], data: ["xy", "z"] });
    expect(foreign.get("d")).toEqual({ shape: [], data: Float32Array.of(2.5) });
    expect(foreign.get("e")).toEqual({ shape: [0], data: new Float64Array(0) });
    const hdf5 = await readHdf5(readFileSync(join(folder, "h5py.h5")));
    expect([...hdf5.keys()].sort()).toEqual(["a", "c", "packed"]);
    expect(hdf5.get("a")).toEqual({ shape: [2, 3], data: Float64Array.of(0, 1, 2, 3, 4, 5) });
    expect(hdf5.get("c")).toEqual({ shape: [2], data: ["xy", "z"] });
    expect(hdf5.get("packed")?.data).toEqual(new Float64Array(20).fill(1));
  },
);

test("the same arrays are the same bytes at every time", async () => {
  const day = 86_400_000;
  const now = Date.now;
  const first = [writeNpz(sample), await writeHdf5(sample)];
  try {
    Date.now = () => now() + 400 * day;
    expect([writeNpz(sample), await writeHdf5(sample)]).toEqual(first);
  } finally {
    Date.now = now;
  }
});

test("the hash that HDF5 checks its metadata with", () => {
  // Values that Jenkins' lookup3.c prints in its driver5.
  expect(lookup3(new Uint8Array(0))).toBe(0xde_ad_be_ef);
  expect(lookup3(Buffer.from("Four score and seven years ago"))).toBe(0x17_77_05_51);
});

test("trajectories as CSV have the columns of the contract", () => {
  expect(writeTrajectoryCsv(ensemble)).toBe("run,time,A,B\n0,0,1,2\n0,0.5,3,4\n1,0,5,6\n1,0.5,7,8\n");
});

describe("Simularium", () => {
  test("particles are read back", () => {
    const coordinate = fc.integer({ min: 0, max: 63 }).map((n) => n / 16); // exact after the box is centred
    const frame = fc
      .array(fc.tuple(fc.nat(1), fc.nat(99), coordinate, coordinate, coordinate), { maxLength: 5 })
      .map((rows) => ({
        types: rows.map(([type]) => type),
        ids: rows.map(([, id]) => id),
        positions: rows.flatMap(([, , ...xyz]) => xyz),
      }));
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 4 }), (rows) => {
        const frames = rows.map((row, i) => ({ time: i / 4, ...row }));
        expect(readSimularium(writeSimularium({ ...particles, frames })).frames).toEqual(frames);
      }),
      { seed: 1, numRuns: 50 },
    );
    expect(readSimularium(writeSimularium(particles))).toEqual(particles);
  });

  test("lattice sites are particles in the middle of their cells", () => {
    const trajectory = latticeParticles({
      shape: [2, 3],
      types: particles.types,
      spacing: 2,
      frames: [{ time: 1, states: Uint8Array.of(0, 1, 0, 2, 0, 0) }],
    });
    expect(trajectory.box).toEqual([4, 6, 2]);
    expect(trajectory.frames).toEqual([{ time: 1, ids: [1, 3], types: [0, 1], positions: [1, 3, 1, 3, 1, 1] }]);
    const data = (JSON.parse(writeSimularium(trajectory)) as { spatialData: { bundleData: { data: number[] }[] } })
      .spatialData;
    expect(data.bundleData[0].data.slice(0, 11)).toEqual([1000, 1, 0, -1, 0, 0, 0, 0, 0, 0.5, 0]);
  });

  test.each<[string, () => unknown]>([
    [
      "of the type 2, of 2",
      () => writeSimularium({ ...particles, frames: [{ time: 0, types: [2], positions: [0, 0, 0] }] }),
    ],
    [
      "but 2 coordinates",
      () => writeSimularium({ ...particles, frames: [{ time: 0, types: [1], positions: [0, 0] }] }),
    ],
    [
      "no number",
      () => writeSimularium({ ...particles, frames: [{ time: 0, types: [1], positions: [0, 0, Number.NaN] }] }),
    ],
    [
      "has the time NaN",
      () => writeSimularium({ ...particles, frames: [{ time: Number.NaN, types: [], positions: [] }] }),
    ],
    ["has 2 sites, not 3", () => latticeParticles({ shape: [3], types: [], frames: [{ time: 0, states: [0, 0] }] })],
    ["one to three directions", () => latticeParticles({ shape: [], types: [], frames: [] })],
    ["found no JSON", () => readSimularium("{")],
    ["version 3", () => readSimularium("{}")],
  ])("refuses what does not fit: %s", (problem, act) => {
    expect(act).toThrow(problem);
    expect(act).toThrow(ArgumentError);
  });
});

describe("damaged archives and such that lie", () => {
  const good = writeNpz(new Map([["x", { shape: [1000], data: new Float64Array(1000) }]]));
  const directory = Buffer.from(good).indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
  const changed = (at: number, ...bytes: readonly number[]): Uint8Array => {
    const copy = good.slice();
    copy.set(bytes, at);
    return copy;
  };
  const read = (bytes: Uint8Array): unknown => readNpz(bytes, { file: "bad.npz" });

  test.each<[string, Uint8Array, string]>([
    ["no archive", Buffer.from("x,y\n1,2\n".repeat(9)), "bad.npz: found no zip archive"],
    ["nothing", new Uint8Array(0), "found no zip archive"],
    ["cut short", good.slice(0, good.length - 10), "found no zip archive"],
    [
      "a size that is too small",
      changed(directory + 24, 100, 0, 0, 0),
      "bad.npz: x.npy: the archive says 100 bytes, but more are in it",
    ],
    [
      "a size that is too large",
      changed(directory + 24, 0, 0, 1, 0),
      "the archive says 65536 bytes, but 8128 are in it",
    ],
    ["a size of 4 GB", changed(directory + 24, 255, 255, 255, 254), "more than the 2147483648 that are read"],
    ["a wrong checksum", changed(directory + 16, 1, 2, 3, 4), "the checksum is wrong"],
    ["packed bytes beyond the end", changed(directory + 20, 0, 0, 0, 1), "goes on beyond the end of the archive"],
    ["a directory that is too short", changed(good.length - 12, 9, 0), "the directory names 9 files, but holds 1"],
    ["a file that is not there", changed(directory + 42, 1, 0, 0, 0), "is not where it should be"],
    ["damaged packed bytes", changed(42, 255, 255, 255, 255), "are damaged"],
    ["no array inside", zipSync({ "x.npy": Buffer.from("no array of numpy") }), "found no array of NumPy"],
  ])("%s", (_, bytes, problem) => {
    expect(() => read(bytes)).toThrow(problem);
    expect(() => read(bytes)).toThrow(ArgumentError);
  });

  // 1000:1 is what deflate can do at most: a megabyte that claims a gigabyte must not be unpacked.
  test("a bomb ends at what the caller allows, and overlapping files are found", () => {
    const zeros = zipSync({ "x.npy": new Uint8Array(2 ** 22) });
    expect(zeros.length).toBeLessThan(2 ** 15);
    expect(() => readNpz(zeros, { most: 2 ** 20 })).toThrow("4194304 bytes, more than the 1048576 that are read");
    const two = zipSync({ "a.npy": new Uint8Array(9), "b.npy": new Uint8Array(9) });
    const second = Buffer.from(two).lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    two.set([0, 0, 0, 0], second + 42);
    expect(() => readNpz(two)).toThrow("shares bytes with another file");
  });

  test.each<[string, string, string]>([
    ["{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", 'the type "|O"', "unsupported"],
    ["{'descr': '<f8', 'fortran_order': True, 'shape': (1, 1), }", "Fortran's order", "unsupported"],
    ["{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }", "an array of records", "unsupported"],
    [
      "{'descr': '<f8', 'fortran_order': False, 'shape': (9,), }",
      "the header says [9] of 8 bytes, but 8 bytes follow",
      "bad",
    ],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (99999999, 99999999), }", "but 8 bytes follow", "bad"],
    ["__import__('os')", "found the header", "bad"],
  ])("the header %s", (header, problem, kind) => {
    const npy = writeNpy({ shape: [1], data: Float64Array.of(1) });
    const text = Buffer.from(header.padEnd(npy.length - 8 - 10 - 1));
    npy.set(text, 10);
    const act = (): unknown => readNpz(zipSync({ "x.npy": npy }));
    expect(act).toThrow(problem);
    expect(act).toThrow(kind === "bad" ? ArgumentError : UnsupportedError);
  });

  test("names and shapes that do not fit are refused before anything is written", async () => {
    const one: NamedArray = { shape: [2], data: new Float64Array(1) };
    expect(() => writeNpz(new Map([["x", one]]))).toThrow('the array "x" has 1 numbers, not the shape [2]');
    await expect(writeHdf5(new Map([["../x", { shape: [0], data: [] }]]))).rejects.toThrow(
      '"../x" is no name of an array',
    );
  });

  test("HDF5 files that are none, are cut short or damaged, or claim too much", async () => {
    const bytes = await writeHdf5(sample);
    const reading = async (given: Uint8Array, most?: number): Promise<unknown> =>
      readHdf5(given, { file: "bad.h5", ...(most === undefined ? {} : { most }) });
    await expect(reading(Buffer.from("no"))).rejects.toThrow("bad.h5: found no HDF5 file");
    await expect(reading(bytes.slice(0, 900))).rejects.toThrow(
      /the file says \d+ bytes, but has 900\. It is cut short/,
    );
    await expect(reading(bytes, 20)).rejects.toThrow("more than is read at once");
    const damaged = bytes.slice();
    damaged.fill(7, 60, 180);
    await expect(reading(damaged)).rejects.toThrow("bad.h5: the HDF5 library cannot read it");
    await expect(reading(damaged)).rejects.toBeInstanceOf(ArgumentError);
  });

  test("CSV with quotes that do not end, and rows of another length", () => {
    expect(() => readCsv('a,b\n1,"2\n', { file: "x.csv" })).toThrow("x.csv:2:1: a quote stands in a field");
    expect(() => readCsv("a,b\n1\n", { file: "x.csv" })).toThrow("x.csv:2:1: found 1 fields, expected 2");
    expect(() => readCsv("")).toThrow("found no header");
  });
});
