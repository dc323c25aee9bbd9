export { antimonyCompartments, type AntimonyOptions, readAntimony, writeAntimony } from "./antimony.ts";
export { type ArrayData, type Arrays, mostBytes, type NamedArray, trajectoryArrays } from "./arrays.ts";
export { type Cell, type CsvTable, readCsv, writeCsv, writeTrajectoryCsv } from "./csv.ts";
export { writeDbd } from "./dbd.ts";
export { type Hdf5Options, readHdf5, writeHdf5 } from "./hdf5.ts";
export type { AssembleOptions } from "./model/assemble.ts";
export { type BioNetGenModel, type NetOptions, readBioNetGen, readNet, writeNet } from "./net.ts";
export { type NpzOptions, readNpz, writeNpz } from "./npz.ts";
export { readSbml, sbmlCompartments, type SbmlOptions, writeSbml, type WriteSbmlOptions } from "./sbml.ts";
export {
  latticeParticles,
  type LatticeTrajectory,
  type ParticleFrame,
  type ParticleTrajectory,
  type ParticleType,
  readSimularium,
  writeSimularium,
} from "./simularium.ts";
