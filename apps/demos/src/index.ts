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
  demo("ip3", "IP3 receptor: 100 subunits after a step of IP3, one interaction", false),
  demo("ip3-from-closed", "IP3 receptor from all closed: where one variable cannot follow", false),
];

const system = (name: string, title: string): Demo => ({ ...demo(`compare/${name}`, title, false), name });

/** The systems that `dbd compare` sets every method on. */
export const comparisons: readonly Demo[] = [
  system("birth-death", "Birth and death"),
  system("immigration-annihilation", "Immigration and pair annihilation"),
  system("annihilation", "Pair annihilation"),
  system("schlogl", "Schlögl's model: two modes"),
  system("toggle-switch", "A toggle switch: two genes, two modes"),
  system("dimerisation", "Dimerisation: where a closure is the better tool"),
  system("michaelis-menten", "Michaelis–Menten: where a closure is the better tool"),
  system("lotka-volterra", "Lotka–Volterra: where a closure is the better tool"),
];
