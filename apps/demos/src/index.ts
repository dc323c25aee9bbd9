import { fileURLToPath } from "node:url";

/** A bundled experiment. */
export interface Demo {
  readonly name: string;
  readonly title: string;
  /** Absolute path of its document. */
  readonly file: string;
  /** Part of `dbd demo` without a name. */
  readonly showcase: boolean;
}

const demo = (name: string, title: string, showcase: boolean): Demo => ({
  name,
  title,
  file: fileURLToPath(new URL(`../experiments/${name}.yaml`, import.meta.url)),
  showcase,
});

/** Every bundled experiment, showcase first. */
export const demos: readonly Demo[] = [
  demo("birth-death", "Exponential decay: one interaction, F learned on a grid", true),
  demo("annihilation", "Pair annihilation: two interactions, F learned from distributions alone", true),
  demo("dimerisation", "Dimerisation (SBML test suite 00030): the dimer count over a finite support", false),
];
