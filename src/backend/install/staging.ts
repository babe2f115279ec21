import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from '../../files/lock.js';
import { manifestName } from './manifest.js';

const prefix = '.staging-';
/** A staging folder's name, with the id of its process. */
const stagingName = /^\.staging-(\d+)-/;

/**
 * Run `work` with a new folder in the cache, which is always removed afterwards; `goLive` moves a finished
 * build out of it. The folder's name contains this process' id.
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

/** Remove the staging folders of killed processes; those of running processes stay. */
export async function removeStale(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const [, pid] = stagingName.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) await removeFolder(join(root, name));
  }
}

/** Remove a folder; on errors (a killed install's pip may still write), leave it to the next installation. */
async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
}

/**
 * Write the manifest and atomically move a finished build to its place. A build already there (a damaged one)
 * is moved away first; a process that uses it keeps its files.
 *
 * @param staging folder on the same file system, for the replaced build
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
