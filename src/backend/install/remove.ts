import { existsSync } from 'node:fs';
import { readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buildFolders, cacheRoot, explainCacheErrors } from './cache.js';
import { folderSize } from '../../files/folder-size.js';
import { withLock } from '../../files/lock.js';
import { userCache } from '../../files/user-cache.js';
import { readManifest, type Variant } from './manifest.js';
import { removeStale, withStaging } from './staging.js';

export interface RemoveOptions {
  /** Remove only builds of this TensorFlow version. */
  tensorflow?: string | undefined;
  variant?: Variant | undefined;
}

export interface RemoveContext {
  root?: string;
  signal?: AbortSignal;
  /** Called with an installation's name while waiting for it. */
  waiting: (holder: string) => void;
}

export interface Removed {
  folder: string;
  /** Size in bytes. */
  freed: number;
}

/**
 * Delete the selected builds in the cache; by default all, even unreadable ones, builds for other platforms
 * and the remains of killed installations. A build disappears atomically; a process that uses it
 * keeps its files until it ends. Waits for an installation in progress.
 */
export async function remove(
  options: RemoveOptions,
  { root = cacheRoot(), signal, waiting }: RemoveContext,
): Promise<Removed[]> {
  if (!existsSync(root)) return [];
  const removed: Removed[] = [];
  await explainCacheErrors(root, () =>
    withLock(root, signal, waiting, async () => {
      await removeStale(root);
      await withStaging(root, async (staging) => {
        for (const name of await buildFolders(root)) {
          const folder = join(root, name);
          if (!(await isMeant(folder, options))) continue;
          removed.push({ folder, freed: await folderSize(folder) });
          await rename(folder, join(staging, name));
        }
      });
    }),
  );
  return removed;
}

/**
 * Delete the rest of the user's cache, such as the reports' cache of runs, then the cache folder itself
 * unless it contains foreign files. Running processes recreate their folders.
 */
export async function removeRest(): Promise<Removed[]> {
  const cache = userCache();
  if (!existsSync(cache)) return [];
  const removed: Removed[] = [];
  await explainCacheErrors(cache, async () => {
    for (const entry of await readdir(cache, { withFileTypes: true })) {
      const folder = join(cache, entry.name);
      if (!entry.isDirectory() || folder === cacheRoot()) continue;
      removed.push({ folder, freed: await folderSize(folder) });
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  });
  for (const folder of [cacheRoot(), cache]) await rmdir(folder).catch(() => undefined);
  return removed;
}

async function isMeant(folder: string, { tensorflow, variant }: RemoveOptions): Promise<boolean> {
  if (tensorflow === undefined && variant === undefined) return true;
  const manifest = await readManifest(folder);
  return (
    manifest !== undefined &&
    (tensorflow === undefined || manifest.tensorflow === tensorflow) &&
    (variant === undefined || manifest.variant === variant)
  );
}
