import { type AwakeData, awakeData } from "../awake.ts";
import type { Experiment } from "../document.ts";
import type { ContestantInput } from "../schema.ts";
import { chartOf, checkAxes, familyOf, type Setup } from "../setup.ts";

/** The setup of a contestant: the document's, with the keys that the contestant names. */
export function variantSetup(setup: Setup, contestant: ContestantInput, index: number): Setup {
  const { name, ...given } = contestant;
  const changes = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const at = (path: readonly PropertyKey[]): readonly PropertyKey[] =>
    String(path[0]) in changes ? ["compare", "learned", index, ...path] : path;
  const { experiment } = setup;
  const changed: Experiment = {
    ...experiment,
    input: { ...experiment.input, ...changes },
    place: (path) => experiment.place(at(path)),
    refuse: (path, problem, hint, cause) => experiment.refuse(at(path), `${name}: ${problem}`, hint, cause),
  };
  const family = "family" in changes ? familyOf(changed.input.family) : setup.family;
  checkAxes(changed, family.order);
  return { ...setup, experiment: changed, family, ...chartOf(changed, family) };
}

/** The data of all starts as another family sees them; undefined coordinates are NaN as in `awakeData`. */
export function variantData(setup: Setup, data: readonly AwakeData[]): AwakeData[] {
  return data.map(({ request, tables, exact, events }) => {
    // ν of another family says nothing here: the law itself does.
    const law = { kind: "model" } as const;
    return awakeData(setup, { ...request, law }, { tables, exact, events, notes: [] });
  });
}
