export { type AntimonyOptions, readAntimony, antimonyCompartments } from "./antimony/read.ts";
export { writeAntimony } from "./antimony/write.ts";
