import { symlink } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { UserError } from '../../../errors.js';
import { explainWriteErrors } from '../../../files/write-file.js';
import { logOf, type Manifest } from '../manifest.js';
import type { JobArray } from './arrays.js';
import { call } from './call.js';
import { queuedTasks } from './queue.js';

/**
 * Submit an array's script.
 *
 * @param after ids of the arrays that it waits for
 * @returns its job id
 * @throws UserError with sbatch's answer if it is not submitted
 */
export async function submit(
  manifest: Manifest,
  array: JobArray,
  script: string,
  after: readonly string[],
): Promise<string> {
  await linkLogs(manifest, array);
  const waiting = after.length === 0 ? [] : [`--dependency=afterany:${after.join(':')}`];
  const { code, stdout, stderr } = await call('sbatch', ['--parsable', ...waiting], script);
  // A site's greeting may precede the id, and the cluster's name may follow it.
  const id = /^(\d+)(;\S*)?$/m.exec(stdout.trim().split('\n').at(-1) ?? '')?.[1];
  if (code === 0 && id !== undefined) return id;
  // The submission may have succeeded although its answer was lost.
  const queued = await queuedTasks([manifest]);
  const job = manifest.jobs[array.first];
  const found = job && queued.get(job.folder);
  if (found !== undefined) return found.arrayId;
  const said = stderr === '' ? `exit code ${code ?? '?'} and ${JSON.stringify(stdout)}` : stderr;
  throw new UserError(
    `sbatch: expected the number of a new job, found: ${said}. Jobs already submitted remain; the same ` +
      'command submits the rest. To see the script, add --dry-run.',
  );
}

/** Link each task's log, which Slurm names by index, to the log beside its run. */
async function linkLogs({ folder, jobs }: Manifest, { first, count }: JobArray): Promise<void> {
  const link = async ({ folder: run }: { readonly folder: string }, index: number) => {
    const target = relative(resolve(folder), logOf(run));
    await symlink(target, join(folder, `${first}-${index}.log`)).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
  };
  await explainWriteErrors(folder, () => Promise.all(jobs.slice(first, first + count).map(link)));
}
