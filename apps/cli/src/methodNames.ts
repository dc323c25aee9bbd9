/** Names of --method. Apart from the methods themselves, so that the command line is read without loading them. */
export const methodNames = [
  "auto",
  "direct",
  "sorting-direct",
  "next-reaction",
  "composition-rejection",
  "tau-leap",
] as const;

export type MethodName = (typeof methodNames)[number];

/** The same under the names that the simulators have. */
export const simulatorNames: Readonly<Record<Exclude<MethodName, "auto">, string>> = {
  direct: "direct",
  "sorting-direct": "sortingDirect",
  "next-reaction": "nextReaction",
  "composition-rejection": "compositionRejection",
  "tau-leap": "tauLeaping",
};
