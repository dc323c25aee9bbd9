export { type AntimonyOptions, readAntimony } from "./antimony/read.ts";
export { writeAntimony } from "./antimony/write.ts";
