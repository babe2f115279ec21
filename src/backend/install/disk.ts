import { statfs } from 'node:fs/promises';
import { UserError } from '../../errors.js';
import { formatBytes } from '../../text/bytes.js';

export type Statfs = (path: string) => Promise<{ bavail: number; bsize: number }>;

/**
 * Check the free space on the file system of an existing folder.
 *
 * @param needed in bytes
 * @throws UserError if less is free
 */
export async function requireFreeSpace(
  folder: string,
  needed: number,
  readStatfs: Statfs = statfs,
): Promise<void> {
  const { bavail, bsize } = await readStatfs(folder);
  const free = bavail * bsize;
  if (free >= needed) return;
  throw new UserError(
    `Not enough disk space: ${folder} has ${formatBytes(free)} free, and the installation needs ${formatBytes(needed)} while it runs. ` +
      'Free some space, or set XDG_CACHE_HOME to a folder on a larger disk.',
  );
}
