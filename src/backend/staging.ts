import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { isAlive } from './lock.js';
import { manifestName, type Manifest } from './manifest.js';

const prefix = '.staging-';

/** Creates the cache folder. Throws UserError where that is not possible. */
export async function makeRoot(root: string): Promise<void> {
  try {
    await mkdir(root, { recursive: true });
  } catch (cause) {
    throw new UserError(
      `The cache folder ${root} cannot be created: ${cause instanceof Error ? cause.message : String(cause)}. Set XDG_CACHE_HOME to a folder that you may write to.`,
      1,
      { cause },
    );
  }
}

/**
 * Runs `work` with a fresh folder in the cache, which is removed afterwards, come what may: what
 * shall stay is moved out of it by `goLive`. The folder's name carries this process' id.
 */
export async function withStaging<T>(
  root: string,
  work: (staging: string) => Promise<T>,
): Promise<T> {
  const staging = await mkdtemp(join(root, `${prefix}${process.pid}-`));
  try {
    return await work(staging);
  } finally {
    await rm(staging, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Removes what killed processes left in the cache. To be called by the holder of the lock only. */
export async function removeStale(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    if (!name.startsWith(prefix)) continue;
    const pid = Number(name.slice(prefix.length).split('-')[0]);
    if (pid === process.pid || !isAlive(pid)) {
      await rm(join(root, name), { recursive: true, force: true });
    }
  }
}

/**
 * Writes the manifest and moves a finished build to its place, from one moment to the next. A build
 * that lies there already (a damaged one) makes room first; a process that runs on it keeps its files.
 *
 * @param staging Folder on the same file system, for the build that makes room.
 */
export async function goLive(
  build: string,
  target: string,
  staging: string,
  manifest: Manifest,
): Promise<void> {
  await writeFile(join(build, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
  if (existsSync(target)) await rename(target, join(staging, 'replaced'));
  await rename(build, target);
}
