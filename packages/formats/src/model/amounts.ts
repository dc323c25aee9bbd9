import { SourceError, type SourcePlace, UnsupportedError } from "@dbd/numerics/errors";

/** Largest count that simulators keep exactly. */
const mostCopies = Number.MAX_SAFE_INTEGER;

/** A concentration times a size misses a whole number by rounding; anything further off is no number of molecules. */
export function wholeCopies(id: string, amount: number, place: SourcePlace): number {
  const copies = Math.round(amount);
  if (amount < 0) throw new SourceError(place, `the initial amount of "${id}" is negative (${amount})`);
  // An amount in moles is near 0 and no count: 0 itself comes out as 0.
  if ((copies === 0 && amount > 0) || Math.abs(copies - amount) > 1e-9 * Math.max(1, amount))
    throw new UnsupportedError(`an initial amount that is no whole number of molecules ("${id}": ${amount})`, {
      place,
      hint: "dbd rate solves the rate equations of such a model",
    });
  if (copies > mostCopies)
    throw new UnsupportedError(`an initial amount above ${mostCopies} ("${id}": ${amount})`, { place });
  return copies;
}
