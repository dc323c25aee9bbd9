export { readSbml, type SbmlOptions } from "./sbml.ts";
