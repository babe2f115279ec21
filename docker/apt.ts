import { setTimeout } from 'node:timers/promises';
import { failureOf } from './failure.js';

const tries = 300;
const betweenTriesMs = 2000;

/**
 * Install Debian or Ubuntu packages, as root. Other programs may be installing at the same time: apt-get can
 * be told to wait for the lock on packages, but not for the lock on package lists.
 *
 * @returns why they cannot be installed; undefined if they were
 */
export async function aptInstall(...packages: readonly string[]): Promise<string | undefined> {
  const install = `installing ${packages.join(' ')}`;
  if (process.getuid?.() !== 0) return `${install} needs root`;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  const options = ['-qq', '-y', '-o', 'DPkg::Lock::Timeout=600'];
  const apt = (...args: string[]) => failureOf('apt-get', [...options, ...args], { env });
  let noLists = await apt('update');
  for (let i = 1; i < tries && noLists?.includes('/lists/'); i++) {
    await setTimeout(betweenTriesMs);
    noLists = await apt('update');
  }
  // Install even if the update failed: the failed source may have none of these packages.
  const failure = await apt('install', '--no-install-recommends', ...packages);
  return failure && `${install} with apt-get failed: ${noLists ?? failure}`;
}
