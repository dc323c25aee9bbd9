/** Names of --closure. Apart from the closures themselves, so that the command line is read without loading them. */
export const closureNames = ["normal", "log-normal", "poisson", "zero", "derivative-matching"] as const;

export type ClosureName = (typeof closureNames)[number];
