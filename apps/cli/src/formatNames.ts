/** Names of --to. Apart from the writers, so that the command line is read without loading them. */
export const formatNames = ["sbml", "net", "antimony", "dbd"] as const;

export type FormatName = (typeof formatNames)[number];
