/** A mistake in a network's description. */
export interface Misfit {
  /** Path of the layer, such as `[2, 'branch', 0]`; empty for the network as a whole. */
  readonly path: readonly (string | number)[];
  readonly text: string;
}

/**
 * The layers of a described network do not fit each other or the images. Any other error thrown by planning
 * is a bug.
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
