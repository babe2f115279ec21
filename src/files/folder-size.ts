import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Total size in bytes of all files in a folder, which may change meanwhile. */
export async function folderSize(folder: string): Promise<number> {
  let size = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    // A file may vanish between the two calls.
    const found = await stat(join(entry.parentPath, entry.name)).catch(() => undefined);
    size += found?.size ?? 0;
  }
  return size;
}
