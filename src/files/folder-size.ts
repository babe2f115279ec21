import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Size in bytes of all files in a folder, which may change meanwhile; unreadable files do not count. */
export async function folderSize(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    bytes += await (entry.isDirectory() ? folderSize(path) : fileSize(path));
  }
  return bytes;
}

/** Size in bytes of a file; 0 for anything else, such as a link, and for a file that is gone. */
export async function fileSize(path: string): Promise<number> {
  const found = await lstat(path).catch(() => undefined);
  return found?.isFile() ? found.size : 0;
}
