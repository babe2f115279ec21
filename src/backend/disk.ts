import { statfs } from 'node:fs/promises';
import { UserError } from '../errors.js';

export type Statfs = (path: string) => Promise<{ bavail: number; bsize: number }>;

/**
 * Throws UserError where the file system of an existing folder has fewer free bytes than needed.
 *
 * @param needed In bytes.
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

/** `274 MB`, `3.4 GB`: powers of 1000, as PyPI gives them. */
export function formatBytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(0)} MB`;
  return `${(bytes / 1e3).toFixed(0)} kB`;
}
