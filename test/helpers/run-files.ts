import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Timings, what was called, and TensorBoard's files: of them a run that was stopped has more. And the
 * lock of a process that was killed when all was done.
 */
const itsOwn = /^(timings|invocations)\.jsonl$|^events\.out\.|^\.lock$/;

/** What a run's folder holds, as hashes by name, without what differs from run to run. */
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
