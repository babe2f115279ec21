/**
 * A network whose layers do not fit one another or its images: a mistake in its description. Anything
 * else that planning throws is a bug.
 */
export class MisfitError extends Error {
  override readonly name = 'MisfitError';
}
