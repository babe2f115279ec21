import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Total size of all files in a folder; links are not followed, files deleted meanwhile do not count. */
export async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  const entries = await readdir(folder, { recursive: true }).catch((): string[] => []);
  for (const entry of entries) {
    const found = await lstat(join(folder, entry)).catch(() => undefined);
    if (found?.isFile()) bytes += found.size;
  }
  return bytes;
}
