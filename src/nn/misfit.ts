/** Something in a network's description that does not fit. */
export interface Misfit {
  /** Of the layer among the network's, as in `[2, 'branch', 0]`; empty: the network as a whole. */
  readonly path: readonly (string | number)[];
  readonly text: string;
}

/**
 * A network whose layers do not fit one another or its images: mistakes in its description. Anything
 * else that planning throws is a bug.
 */
export class MisfitError extends Error {
  override readonly name = 'MisfitError';
  readonly misfits: readonly Misfit[];

  constructor(misfits: string | readonly Misfit[]) {
    const all = typeof misfits === 'string' ? [{ path: [], text: misfits }] : misfits;
    super(all.map(({ text }) => text).join('; '));
    this.misfits = all;
  }
}
