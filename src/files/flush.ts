import { fsync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * Flush an open file or folder to the disk, by its descriptor: under Yarn's Plug'n'Play, `FileHandle.sync`
 * throws.
 */
export function flush({ fd }: FileHandle): Promise<void> {
  return promisify(fsync)(fd);
}
