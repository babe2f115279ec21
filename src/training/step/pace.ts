/** Time limit of a call: signals and divergence are checked between calls. */
const mostSeconds = 0.2;

/** Number of steps per call, adapted to the measured duration of calls. */
export interface Pace {
  readonly steps: number;
}

/** The first call may take longer than others, so it performs one step. */
export const firstPace: Pace = { steps: 1 };

/**
 * Pace after a call: as many steps as take 0.2 seconds, but at most twice the previous number, since a single
 * quick call may be an outlier. Results do not depend on it.
 */
export function nextPace({ steps }: Pace, done: number, seconds: number): Pace {
  const fit = Math.floor((mostSeconds * done) / seconds);
  return { steps: Math.max(1, Math.min(2 * steps, fit)) };
}

/**
 * Number of steps in the next call: at most `most`, all of one batch size, and only the first may need the
 * host beforehand.
 *
 * @param batches of the coming steps
 * @param needsHost whether the step at an index needs the host beforehand
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
