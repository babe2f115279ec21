import { aptInstall } from '../../docker/apt.js';
import { failureOf } from '../../docker/failure.js';

/**
 * Looks for a program, or what it finds, and installs Debian's packages that have it where there is none.
 *
 * @returns why it is missing; undefined: it is there.
 */
export async function missing(
  [program, ...args]: readonly [string, ...string[]],
  ...packages: readonly string[]
): Promise<string | undefined> {
  const failure = await failureOf(program, args);
  return failure && (await aptInstall(...packages));
}

/** Whether tests have what they need; says on stderr which are left out, and why. */
export function isThere(tests: string, whyNot: string | undefined): boolean {
  if (whyNot !== undefined) process.stderr.write(`Left out: ${tests} (${whyNot})\n`);
  return whyNot === undefined;
}
