import { existsSync, statSync } from 'node:fs';
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

/** A folder in the user's cache, and which of its files bbits has made. */
export interface CachedFiles {
  readonly folder: string;
  readonly made: RegExp;
}

/**
 * Deletes what else bbits keeps in the user's cache, and then the folders that are empty. Files and folders of the
 * user's own stay: XDG_CACHE_HOME may name a folder in which `bbits` is also a clone, or holds runs.
 */
export async function removeRest(others: readonly CachedFiles[]): Promise<Removed[]> {
  const removed: Removed[] = [];
  for (const { folder, made } of others) {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) continue;
    await explainCacheErrors(folder, async () => {
      const files = (await readdir(folder)).filter((name) => made.test(name));
      let freed = 0;
      for (const path of files.map((name) => join(folder, name))) {
        freed += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
        await rm(path, { force: true });
      }
      if (files.length > 0) removed.push({ folder, freed });
    });
  }
  const folders = [...others.map(({ folder }) => folder), cacheRoot(), userCache()];
  for (const folder of folders) await rmdir(folder).catch(() => undefined);
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
