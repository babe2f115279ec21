import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Of all files in a folder; links are not followed, and what goes meanwhile is not there. */
export async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  const entries = await readdir(folder, { recursive: true }).catch((): string[] => []);
  for (const entry of entries) {
    const found = await lstat(join(folder, entry)).catch(() => undefined);
    if (found?.isFile()) bytes += found.size;
  }
  return bytes;
}
