/** A uniform random number in [0, 1) at each call. A seedrandom generator fits as it is. */
export type RandomSource = () => number;

/** What a person writes to make a run repeatable. The number 7 and the text "7" are the same seed. */
export type Seed = string | number;
