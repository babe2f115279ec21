/** Signals and divergence are looked at between two calls. */
const mostSeconds = 0.2;

/** How many steps a call may do, from how long the calls before it took. */
export interface Pace {
  readonly steps: number;
}

/** Before the first call, which may take longer than others. */
export const firstPace: Pace = { steps: 1 };

/**
 * After a call: as many steps as take 0.2 seconds, at most twice as many as before, since one quick call proves
 * little. What is computed does not depend on it.
 */
export function nextPace({ steps }: Pace, done: number, seconds: number): Pace {
  const fit = Math.floor((mostSeconds * done) / seconds);
  return { steps: Math.max(1, Math.min(2 * steps, fit)) };
}

/**
 * Steps of the next call: no more than it may do, of one batch size, and none but the first before which the host
 * has to act.
 *
 * @param batches of the coming steps
 * @param needsHost before a step, by its place among them
 */
export function stepsInCall(
  batches: readonly ArrayLike<number>[],
  most: number,
  needsHost: (at: number) => boolean,
): number {
  const size = batches[0]?.length;
  let count = 1;
  while (count < most && batches[count]?.length === size && !needsHost(count)) count += 1;
  return count;
}
