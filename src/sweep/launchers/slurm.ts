import { resolve } from 'node:path';
import { counted } from '../../text/counted.js';
import type { Job } from '../job.js';
import type { CreateLauncher, LauncherOptions } from './launcher.js';
import { manifestOf, readManifests, writeManifest, type Manifest } from './manifest.js';
import { arraysFor, mostTasks } from './slurm/arrays.js';
import { queuedTasks, type QueuedTask } from './slurm/queue.js';
import { arrayScript } from './slurm/script.js';
import { submit } from './slurm/submit.js';
import { watchTasks } from './slurm/watch.js';

/**
 * Submit the jobs that are not yet in Slurm's queue, as job arrays. They run on their own; with `wait`, they
 * are watched to their end.
 */
export const slurmArrays: CreateLauncher = (options) => ({
  async launch(jobs, observer, signal) {
    const all = [...jobs];
    if (all.length === 0) return;
    await submitJobs(all, options);
    if (options.wait) await watchTasks(all, options.folder, observer, signal);
  },
  preview: async (jobs) => {
    const { toSubmit } = await notQueued(jobs, options.folder);
    if (toSubmit.length === 0) return '';
    const scripts = await scriptsOf(manifestOf(options.folder, toSubmit), options);
    return scripts.map(({ script }) => script).join('\n');
  },
});

async function submitJobs(jobs: readonly Job[], options: LauncherOptions): Promise<void> {
  const { folder, atOnce, tell } = options;
  const { toSubmit, queued } = await notQueued(jobs, folder);
  const already = jobs.length - toSubmit.length;
  if (already > 0) tell(`${counted(already, 'point')} already in the queue`);
  if (toSubmit.length === 0) return;
  const manifest = await writeManifest(folder, toSubmit);
  // Slurm limits simultaneous tasks only within an array, so each array waits for the previous one.
  let before = atOnce === undefined ? [] : [...new Set([...queued.values()].map((t) => t.arrayId))];
  for (const { array, script } of await scriptsOf(manifest, options)) {
    const id = await submit(manifest, array, script, before);
    tell(`Submitted job ${id}: ${counted(array.count, 'point')}`);
    if (atOnce !== undefined) before = [id];
  }
}

async function notQueued(
  jobs: readonly Job[],
  folder: string,
): Promise<{ toSubmit: readonly Job[]; queued: ReadonlyMap<string, QueuedTask> }> {
  const queued = await queuedTasks(await readManifests(folder));
  return { queued, toSubmit: jobs.filter((job) => !queued.has(resolve(job.folder))) };
}

async function scriptsOf(manifest: Manifest, options: LauncherOptions) {
  const arrays = arraysFor(manifest.id, manifest.jobs.length, await mostTasks());
  return arrays.map((array) => ({ array, script: arrayScript(manifest, array, options) }));
}
