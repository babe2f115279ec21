import { existsSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { buildFolders, cacheRoot } from './cache.js';
import { readManifest, type Variant } from './manifest.js';

export interface RemoveOptions {
  /** Only builds of this TensorFlow version. */
  tensorflow?: string | undefined;
  variant?: Variant | undefined;
}

export interface Removed {
  folder: string;
  /** Size in bytes. */
  freed: number;
}

/**
 * Deletes builds in the cache: all of them, unreadable ones and those of other platforms too, or
 * those that the options name. Only folders directly in the cache folder are ever touched; a process
 * that runs on a build keeps its files until it ends.
 */
export async function remove(
  options: RemoveOptions,
  root: string = cacheRoot(),
): Promise<Removed[]> {
  const all = options.tensorflow === undefined && options.variant === undefined;
  const removed: Removed[] = [];
  for (const name of await buildFolders(root)) {
    const folder = join(root, name);
    if (!all) {
      const manifest = await readManifest(folder);
      if (manifest === undefined) continue;
      if (options.tensorflow !== undefined && manifest.tensorflow !== options.tensorflow) continue;
      if (options.variant !== undefined && manifest.variant !== options.variant) continue;
    }
    const freed = await folderSize(folder);
    await rm(folder, { recursive: true, force: true });
    removed.push({ folder, freed });
  }
  return removed;
}

async function folderSize(folder: string): Promise<number> {
  if (!existsSync(folder)) return 0;
  let size = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) size += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return size;
}
