import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../errors.js';
import { fileError } from '../../files/file-error.js';
import { lockName, withLock } from '../../files/lock.js';
import { userCache } from '../../files/user-cache.js';
import { readManifest, type Manifest, type Variant } from './manifest.js';

/** A build of TensorFlow in the cache, with its binding, ready to load. */
export interface InstalledBuild {
  /** Absolute path of the build's own folder. */
  folder: string;
  manifest: Manifest;
}

/** The folder that holds all builds: `native` in the user's cache. */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  return join(userCache(env), 'native');
}

/** A build's folder name, such as `2.21.0-cpu-linux-x64`. */
export function buildName(version: string, variant: Variant, platform: string): string {
  return `${version}-${variant}-${platform}`;
}

/** Path of a build's binding, which Node loads. */
export function bindingPath(build: InstalledBuild): string {
  return join(build.folder, build.manifest.binding);
}

/**
 * The builds in the cache that have a readable manifest and are for this platform, best first: see
 * `compareVersions`. Folders of other platforms (a home folder shared by machines) are left out.
 *
 * @param preferred The TensorFlow version that comes first when it is there.
 */
export async function listBuilds(
  root: string,
  platform: string,
  preferred: string,
): Promise<InstalledBuild[]> {
  const builds: InstalledBuild[] = [];
  for (const name of await buildFolders(root)) {
    const folder = join(root, name);
    const manifest = await readManifest(folder);
    if (manifest !== undefined && `${manifest.platform}-${manifest.arch}` === platform) {
      builds.push({ folder, manifest });
    }
  }
  const rank = (build: InstalledBuild) => (build.manifest.tensorflow === preferred ? 0 : 1);
  return builds.sort(
    (a, b) => rank(a) - rank(b) || compareVersions(b.manifest.tensorflow, a.manifest.tensorflow),
  );
}

/** Names of the folders in the cache that are builds, readable or not; staging folders are not. */
export async function buildFolders(root: string): Promise<string[]> {
  if (!existsSync(root)) return [];
  const entries = await readdir(root, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort();
}

/** Negative where version a is older than b: `2.9.1` before `2.21.0`. */
export function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** What the installer's work on files can meet on a sound machine; anything else is a bug. */
const usual = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EISDIR', 'EIO'];

/**
 * Runs work on the cache folder, and turns what the file system refuses into an error that says what
 * to do.
 */
export async function explainCacheErrors<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const refused = fileError(cause);
    const { code = '', message } = cause as NodeJS.ErrnoException;
    if (!refused || !usual.includes(code)) throw cause;
    throw new UserError(
      `The cache folder ${root} cannot be used: ${message}. ${refused.toWrite}, ` +
        'or set XDG_CACHE_HOME to another folder.',
      1,
      { cause },
    );
  }
}

/** `withLock` in the cache folder, which is made; `bbits backend remove` may delete it while this one waits. */
export async function withCacheLock<T>(
  root: string,
  signal: AbortSignal | undefined,
  waiting: (holder: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const lock = join(root, lockName);
  for (;;) {
    await mkdir(root, { recursive: true });
    try {
      return await withLock(root, signal, waiting, work);
    } catch (error) {
      const { code, path = '' } = error as NodeJS.ErrnoException;
      // The folder went before the lock was taken, and may be there again by now.
      if (code !== 'ENOENT' || !path.startsWith(lock) || signal?.aborted === true) throw error;
    }
  }
}
