import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from '../../files/lock.js';
import { manifestName } from './manifest.js';

const prefix = '.staging-';

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
    await removeFolder(staging);
  }
}

/** Removes what killed processes left in the cache; folders of living ones stay. */
export async function removeStale(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    if (!name.startsWith(prefix)) continue;
    const pid = Number(name.slice(prefix.length).split('-')[0]);
    if (!isAlive(pid)) await removeFolder(join(root, name));
  }
}

/** What cannot be removed now (a killed install's pip may still write) goes the next time. */
async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
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
  manifest: object,
): Promise<void> {
  await writeFile(join(build, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
  if (existsSync(target)) await rename(target, join(staging, 'replaced'));
  await rename(build, target);
}
