/** What one step leaves behind for its derivatives: vectors that the kernel allocates and reads. */
export type Tape = readonly Float64Array[];

/** A block of C tangent vectors that moves along with the state. */
export interface Tangent {
  /** Shape [P, C], ∂y/∂(column). Start values are written here. */
  readonly block: Float64Array;
  /** Carries the block over one step of length h whose tape is given. */
  readonly advance: (h: number, tape: Tape) => void;
}

/** A fixed-step method bound to a field and its coefficients: the step, its derivative, and the transpose of that. */
export interface StepKernel {
  tape(): Tape;
  /** One step in place: y, shape [P], becomes the state at t + h, and `tape` is overwritten. No checks, no allocation. */
  step(h: number, y: Float64Array, tape: Tape): void;
  /** @param columns - C. With `driven` it is Q and column q follows u_q; without, the block sees the state only. */
  tangent(columns: number, driven: boolean): Tangent;
  /** One step backwards: `lambda`, shape [P], at t + h becomes that at t, and `uBar`, shape [Q], collects. */
  reverse(lambda: Float64Array, uBar: Float64Array): (h: number, tape: Tape) => void;
}

/** An explicit tableau unpacked for the kernels. */
export interface ExplicitScheme {
  readonly P: number;
  readonly Q: number;
  readonly stages: number;
  /** Tableau, shape [stages, stages], zero on and above the diagonal. */
  readonly a: Float64Array;
  /** Shape [stages]. */
  readonly b: Float64Array;
}
