import { setTimeout } from 'node:timers/promises';
import { failureOf } from './failure.js';

const tries = 300;
const betweenTriesMs = 2000;

/**
 * Installs packages of Debian or Ubuntu, as root. Others may be installing at the same time: apt-get waits for the
 * lock on packages when it is told to, and never for that on their lists.
 *
 * @returns why they cannot be installed; undefined: they are.
 */
export async function aptInstall(...packages: readonly string[]): Promise<string | undefined> {
  const install = `installing ${packages.join(' ')} takes`;
  if (process.getuid?.() !== 0) return `${install} root's rights`;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  const options = ['-qq', '-y', '-o', 'DPkg::Lock::Timeout=600'];
  const apt = (...args: string[]) => failureOf('apt-get', [...options, ...args], { env });
  let noLists = await apt('update');
  for (let i = 1; i < tries && noLists?.includes('/lists/'); i++) {
    await setTimeout(betweenTriesMs);
    noLists = await apt('update');
  }
  // Of several sources one may fail that has none of them.
  const failure = await apt('install', '--no-install-recommends', ...packages);
  return failure && `${install} apt-get: ${noLists ?? failure}`;
}
