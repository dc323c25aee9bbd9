export interface Fault {
  readonly name: string;
  readonly file: string;
  /** Text that stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** Test files, one of which must turn red. */
  readonly tests: readonly string[];
}

export const faults: readonly Fault[] = [];
