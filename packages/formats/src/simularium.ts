import { ArgumentError } from "@dbd/numerics/errors";

/** What a particle type looks like. */
export interface ParticleType {
  readonly name: string;
  readonly radius: number;
  /** `#RRGGBB`; the viewer's choice when left out. */
  readonly color?: string;
}

/** Everything at one time; arrays over the N particles that are there. */
export interface ParticleFrame {
  readonly time: number;
  /** Indices into the types, shape [N]. */
  readonly types: ArrayLike<number>;
  /** Positions in the box, [0, size) in every direction, shape [N, 3]. */
  readonly positions: ArrayLike<number>;
  /** Which particle it is, shape [N]; numbered in each frame when left out. */
  readonly ids?: ArrayLike<number>;
}

/** Particles over time. */
export interface ParticleTrajectory {
  readonly box: readonly [number, number, number];
  readonly types: readonly ParticleType[];
  readonly frames: readonly ParticleFrame[];
  readonly title?: string;
  /** Units of time and space, `s` and `nm` when left out. */
  readonly timeUnit?: string;
  readonly lengthUnit?: string;
}

/** Occupations of lattice sites over time. */
export interface LatticeTrajectory {
  /** Sites in each direction: one to three numbers. */
  readonly shape: readonly number[];
  readonly types: readonly ParticleType[];
  /** `states` holds for every site, row-major, 0 for an empty one and k + 1 for a particle of type k. */
  readonly frames: readonly { readonly time: number; readonly states: ArrayLike<number> }[];
  /** Distance of neighbouring sites, 1 when left out. */
  readonly spacing?: number;
  readonly title?: string;
}

/** Numbers a particle has in the format: kind of display, id, type, position, rotation, radius, number of subpoints. */
const stride = 11;
const display = 1000;

const where = "writeSimularium";

function checkFrame(frame: ParticleFrame, types: number, f: number): void {
  const N = frame.types.length;
  if (!Number.isFinite(frame.time)) throw new ArgumentError(where, `frame ${f} has the time ${frame.time}`);
  if (frame.positions.length !== 3 * N || (frame.ids !== undefined && frame.ids.length !== N))
    throw new ArgumentError(where, `frame ${f} has ${N} types, but ${frame.positions.length} coordinates`);
  for (let i = 0; i < N; i++)
    if (!(frame.types[i] >= 0 && frame.types[i] < types && Number.isInteger(frame.types[i])))
      throw new ArgumentError(where, `frame ${f} has a particle of the type ${frame.types[i]}, of ${types}`);
  for (let i = 0; i < 3 * N; i++)
    if (!Number.isFinite(frame.positions[i]))
      throw new ArgumentError(where, `frame ${f} has a position that is no number`);
}

function frameData({ types: kinds, positions, ids }: ParticleFrame, { types, box }: ParticleTrajectory): number[] {
  const data: number[] = [];
  for (let i = 0; i < kinds.length; i++) {
    const p = 3 * i; // the viewer has the middle of the box at the origin
    const [x, y, z] = [positions[p] - box[0] / 2, positions[p + 1] - box[1] / 2, positions[p + 2] - box[2] / 2];
    data.push(display, ids?.[i] ?? i, kinds[i], x, y, z, 0, 0, 0, types[kinds[i]].radius, 0);
  }
  return data;
}

/**
 * Writes particles as Simularium's JSON (trajectory version 3), for the viewer at simularium.allencell.org.
 * @throws {ArgumentError} For frames whose arrays do not fit together.
 */
export function writeSimularium(trajectory: ParticleTrajectory): string {
  const { box, types, frames, title, timeUnit = "s", lengthUnit = "nm" } = trajectory;
  frames.forEach((frame, f) => checkFrame(frame, types.length, f));
  const [first, second] = frames;
  const mapping = new Map(
    types.map(({ name, color = "" }, i) => [String(i), { name, geometry: { displayType: "SPHERE", url: "", color } }]),
  );
  return JSON.stringify({
    trajectoryInfo: {
      version: 3,
      ...(title === undefined ? {} : { trajectoryTitle: title }),
      timeUnits: { magnitude: 1, name: timeUnit },
      timeStepSize: second === undefined ? 0 : second.time - first.time,
      totalSteps: frames.length,
      spatialUnits: { magnitude: 1, name: lengthUnit },
      size: { x: box[0], y: box[1], z: box[2] },
      typeMapping: Object.fromEntries(mapping),
    },
    spatialData: {
      version: 1,
      msgType: 1,
      bundleStart: 0,
      bundleSize: frames.length,
      bundleData: frames.map((frame, frameNumber) => ({
        frameNumber,
        time: frame.time,
        data: frameData(frame, trajectory),
      })),
    },
    plotData: { version: 1, data: [] },
  });
}

/** Lattice sites as particles in the middle of their cells; a site keeps its number as id. */
export function latticeParticles(lattice: LatticeTrajectory): ParticleTrajectory {
  const { shape, types, frames, spacing = 1, title } = lattice;
  if (shape.length < 1 || shape.length > 3 || shape.some((n) => !Number.isInteger(n) || n < 1))
    throw new ArgumentError("latticeParticles", `a lattice has one to three directions, got [${shape.join(", ")}]`);
  const [nx, ny = 1, nz = 1] = shape;
  const sites = nx * ny * nz;
  return {
    box: [nx * spacing, ny * spacing, nz * spacing],
    types,
    ...(title === undefined ? {} : { title }),
    frames: frames.map(({ time, states }, f) => {
      if (states.length !== sites)
        throw new ArgumentError("latticeParticles", `frame ${f} has ${states.length} sites, not ${sites}`);
      const ids = Array.from({ length: sites }, (_, site) => site).filter((site) => states[site] > 0);
      const positions = ids.flatMap((site) => {
        const z = site % nz;
        const y = Math.floor(site / nz) % ny;
        const x = Math.floor(site / (ny * nz));
        return [x, y, z].map((n) => (n + 0.5) * spacing);
      });
      return { time, ids, types: ids.map((site) => states[site] - 1), positions };
    }),
  };
}

/** Reads back what `writeSimularium` writes: spheres without subpoints. @throws {ArgumentError} For anything else. */
export function readSimularium(text: string): ParticleTrajectory {
  const fail = (problem: string): never => {
    throw new ArgumentError("readSimularium", problem);
  };
  let document: SimulariumDocument;
  try {
    document = JSON.parse(text) as SimulariumDocument;
  } catch (cause) {
    throw new ArgumentError("readSimularium", "found no JSON", { cause });
  }
  const info = document.trajectoryInfo;
  const bundle = document.spatialData?.bundleData;
  if (info?.version !== 3 || !Array.isArray(bundle)) return fail("found no Simularium trajectory of version 3");
  const { size } = info;
  const box = [size.x, size.y, size.z] as const;
  const radii = new Map<number, number>();
  const frames = bundle.map(({ time, data }): ParticleFrame => {
    if (data.length % stride !== 0) fail(`a frame has ${data.length} numbers, not ${stride} a particle`);
    const N = data.length / stride;
    const column = (c: number): number[] => Array.from({ length: N }, (_, i) => data[i * stride + c]);
    if (column(10).some((n) => n !== 0)) fail("found fibres; only spheres are read");
    const types = column(2);
    column(9).forEach((radius, i) => radii.set(types[i], radius));
    const positions = types.flatMap((_, i) => box.map((edge, d) => data[i * stride + 3 + d] + edge / 2));
    return { time, types, ids: column(1), positions };
  });
  const types = Object.entries(info.typeMapping).map(([key, { name, geometry }]): ParticleType => {
    const color = geometry?.color ?? "";
    return { name, radius: radii.get(Number(key)) ?? 1, ...(color === "" ? {} : { color }) };
  });
  const title = info.trajectoryTitle;
  return {
    box,
    types,
    frames,
    ...(title === undefined ? {} : { title }),
    timeUnit: info.timeUnits.name,
    lengthUnit: info.spatialUnits.name,
  };
}

interface SimulariumDocument {
  readonly trajectoryInfo?: {
    readonly version: number;
    readonly trajectoryTitle?: string;
    readonly timeUnits: { readonly name: string };
    readonly spatialUnits: { readonly name: string };
    readonly size: { readonly x: number; readonly y: number; readonly z: number };
    readonly typeMapping: Readonly<
      Record<string, { readonly name: string; readonly geometry?: { readonly color?: string } }>
    >;
  };
  readonly spatialData?: {
    readonly bundleData?: readonly { readonly time: number; readonly data: readonly number[] }[];
  };
}
