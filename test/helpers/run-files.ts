import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Files that differ from run to run: timings, invocations and TensorBoard's events, of which a stopped run
 * has more, and the lock of a process that was killed after finishing.
 */
const itsOwn = /^(timings|invocations)\.jsonl$|^events\.out\.|^\.lock$/;

/** Hashes of a run's files by name, without those that differ from run to run. */
export async function runFileHashes(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).filter((name) => !itsOwn.test(name)).sort();
  const hashes = await Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(join(folder, name));
      return [name, createHash('sha256').update(bytes).digest('hex')] as const;
    }),
  );
  return Object.fromEntries(hashes);
}
