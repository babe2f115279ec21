import { existsSync, statSync } from 'node:fs';
import { readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buildFolders, cacheRoot, explainCacheErrors } from './cache.js';
import { fileSize, folderSize } from '../../files/folder-size.js';
import { withLock } from '../../files/lock.js';
import { userCache } from '../../files/user-cache.js';
import { readManifest, type Variant } from './manifest.js';
import { removeStale, withStaging } from './staging.js';

export interface RemoveOptions {
  /** Remove only builds of this TensorFlow version. */
  readonly tensorflow?: string | undefined;
  readonly variant?: Variant | undefined;
}

export interface RemoveContext {
  readonly root?: string;
  readonly signal?: AbortSignal;
  /** Called with an installation's name while waiting for it. */
  readonly waiting: (holder: string) => void;
}

export interface Removed {
  readonly folder: string;
  /** Size in bytes. */
  readonly freed: number;
}

/** bbits' folders in the cache, of any version and platform: see `buildName` and `onnxruntimeName`. */
const made = /^(?:\d[^-]*-(?:cpu|cuda)|onnxruntime-\d[^-]*)-[^-]+-[^-]+$/;

/**
 * Delete the selected builds in the cache; by default all, even unreadable ones, builds for other platforms
 * and the remains of killed installations. Folders with other names are the user's, and stay. A build
 * disappears atomically; a process that uses it keeps its files until it ends. Waits for an installation in
 * progress.
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
        const names = (await buildFolders(root)).filter((name) => made.test(name));
        for (const name of names) {
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

/** A folder in the user's cache, and a pattern of the files that bbits made there. */
export interface CachedFiles {
  readonly folder: string;
  readonly made: RegExp;
}

/**
 * Delete bbits' other files in the user's cache, and the folders that are empty afterwards. Other files and
 * folders stay: XDG_CACHE_HOME may name a folder whose `bbits` is a clone of bbits or holds runs.
 */
export async function removeRest(others: readonly CachedFiles[]): Promise<Removed[]> {
  const removed: Removed[] = [];
  for (const { folder, made } of others) {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) continue;
    await explainCacheErrors(folder, async () => {
      const files = (await readdir(folder)).filter((name) => made.test(name));
      let freed = 0;
      for (const path of files.map((name) => join(folder, name))) {
        freed += await fileSize(path);
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
