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
  /** Only builds of this TensorFlow version. */
  tensorflow?: string | undefined;
  variant?: Variant | undefined;
}

export interface RemoveContext {
  root?: string;
  signal?: AbortSignal;
  /** Called where an installation is waited for, with its name. */
  waiting: (holder: string) => void;
}

export interface Removed {
  folder: string;
  /** Size in bytes. */
  freed: number;
}

/**
 * Deletes builds in the cache, those that the options name, or all: unreadable ones, those of other
 * platforms and what killed installations left too. A build vanishes at once, so that nobody finds
 * half of one; a process that runs on it keeps its files until it ends. An installation that is under
 * way is waited for.
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
 * Deletes what else is in the user's cache, such as what reports remember of runs, and then the cache's own folder,
 * unless somebody put files of their own there. What is under way makes its folders anew.
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
