export { type BioNetGenModel, type NetOptions, readBioNetGen, readNet } from "./net/read.ts";
export { writeNet } from "./net/write.ts";
