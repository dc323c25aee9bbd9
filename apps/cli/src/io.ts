/** The outside world of one command: tests replace it. */
export interface Io {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether stderr is a terminal. */
  readonly terminal: boolean;
  /** Whether stderr may carry colours: a terminal that NO_COLOR does not forbid, or FORCE_COLOR. */
  readonly color: boolean;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Colours belong to terminals; NO_COLOR forbids them, FORCE_COLOR asks for them. CI asks for nothing. */
export const wantsColor = ({ NO_COLOR, FORCE_COLOR }: Io["env"], terminal: boolean): boolean =>
  NO_COLOR === undefined && (FORCE_COLOR !== undefined || terminal);
