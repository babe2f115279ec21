import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../errors.js';
import { formatBytes } from '../../text/bytes.js';

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

/** Size in bytes of all files in a folder, which may change meanwhile. */
export async function folderSize(folder: string): Promise<number> {
  let size = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    // A file may be gone between the two calls.
    const found = await stat(join(entry.parentPath, entry.name)).catch(() => undefined);
    size += found?.size ?? 0;
  }
  return size;
}

/** Runs work, and tells about three times a second how many bytes the largest of some folders has. */
export async function whileGrowing<T>(
  folders: readonly string[],
  arrived: ((bytes: number) => void) | undefined,
  work: () => Promise<T>,
): Promise<T> {
  let ended = false;
  const timer = setInterval(() => {
    Promise.all(folders.map(folderSize)).then(
      (sizes) => {
        if (!ended) arrived?.(Math.max(...sizes));
      },
      () => undefined, // A folder vanished while it was read: the next look will do.
    );
  }, 300);
  try {
    return await work();
  } finally {
    ended = true;
    clearInterval(timer);
  }
}
