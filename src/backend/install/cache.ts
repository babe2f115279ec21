import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../errors.js';
import { fileError } from '../../files/file-error.js';
import { lockName, withLock } from '../../files/lock.js';
import { userCache } from '../../files/user-cache.js';
import { readManifest, type Manifest, type Variant } from './manifest.js';

/** A build of TensorFlow and its binding in the cache, ready to load. */
export interface InstalledBuild {
  /** Absolute path of the build's folder. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** The folder of all builds: `native` in the user's cache. */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  return join(userCache(env), 'native');
}

/** A build's folder name, such as `2.21.0-cpu-linux-x64`. */
export function buildName(version: string, variant: Variant, platform: string): string {
  return `${version}-${variant}-${platform}`;
}

/** Path of a build's binding, a Node addon. */
export function bindingPath(build: InstalledBuild): string {
  return join(build.folder, build.manifest.binding);
}

/**
 * List the builds in the cache that have a readable manifest and are for this platform, newest version first
 * (see `compareVersions`). Builds for other platforms, in a home folder shared by machines, are omitted.
 *
 * @param preferred TensorFlow version that sorts first if installed
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

/** Folder names of all builds in the cache, readable or not, without staging folders. */
export async function buildFolders(root: string): Promise<string[]> {
  if (!existsSync(root)) return [];
  const entries = await readdir(root, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort();
}

/** Compare versions numerically; negative if a is older: `2.9.1` before `2.21.0`. */
export function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** Error codes of file operations that do not point to a bug in the installer. */
const usual = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EISDIR', 'EIO'];

/** Run work on the cache folder; rethrow file system errors as a UserError that says what to do. */
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

/** `withLock` in the cache folder, which is created if missing or if `bbits backend remove` deletes it. */
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
      // The folder was removed before the lock was taken, and may exist again by now.
      if (code !== 'ENOENT' || !path.startsWith(lock) || signal?.aborted === true) throw error;
    }
  }
}
