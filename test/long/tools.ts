import { aptInstall } from '../../docker/apt.js';
import { failureOf } from '../../docker/failure.js';

/**
 * Runs a program to see whether it, or what it looks for, is installed; if not, installs Debian's packages for it.
 *
 * @returns why it is missing; undefined if it is there
 */
export async function missing(
  [program, ...args]: readonly [string, ...string[]],
  ...packages: readonly string[]
): Promise<string | undefined> {
  const failure = await failureOf(program, args);
  return failure && (await aptInstall(...packages));
}

/** Whether tests can run; if not, says on stderr which are skipped, and why. */
export function isThere(tests: string, whyNot: string | undefined): boolean {
  if (whyNot !== undefined) process.stderr.write(`Left out: ${tests} (${whyNot})\n`);
  return whyNot === undefined;
}
