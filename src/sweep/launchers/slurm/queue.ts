import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../../errors.js';
import type { Manifest } from '../manifest.js';
import { call } from './call.js';
import { arrayOf } from './arrays.js';

/** A waiting or running task in Slurm's queue. */
export interface QueuedTask {
  /** Task id for scancel: `17_3`. */
  readonly id: string;
  /** Id of its array. */
  readonly arrayId: string;
  readonly isRunning: boolean;
  /** In Slurm's words, like `reason`. */
  readonly state: string;
  readonly reason: string;
}

/** States of ended tasks, which squeue lists for a while. */
const ended =
  /^(BOOT_FAIL|CANCELLED|COMPLETED|DEADLINE|FAILED|NODE_FAIL|OUT_OF_MEMORY|PREEMPTED|REVOKED|TIMEOUT)$/;

const running = /^(RUNNING|COMPLETING|SUSPENDED|STOPPED|CONFIGURING|STAGE_OUT|SIGNALING|RESIZING)$/;

/**
 * The queued tasks that are jobs of manifests, by their run's folder. They are identified by their arrays'
 * names, which contain the manifest's id, not by job ids, which Slurm reuses.
 *
 * @throws UserError if Slurm does not answer
 */
export async function queuedTasks(
  manifests: readonly Manifest[],
): Promise<ReadonlyMap<string, QueuedTask>> {
  const byId = new Map(manifests.map((manifest) => [manifest.id, manifest]));
  const tasks = new Map<string, QueuedTask>();
  if (byId.size === 0) return tasks;
  for (const line of (await askQueue()).split('\n')) {
    const [name = '', index = '', state = '', arrayId = '', reason = ''] = line.split('|');
    const array = arrayOf(name);
    const job = array && byId.get(array.manifest)?.jobs[array.first + Number(index)];
    if (job === undefined || ended.test(state)) continue;
    const isRunning = running.test(state);
    tasks.set(job.folder, { id: `${arrayId}_${index}`, arrayId, isRunning, state, reason });
  }
  return tasks;
}

/** Number of attempts: a restarting or busy controller does not answer for a while. */
const tries = 5;

async function askQueue(): Promise<string> {
  const user = String(process.getuid?.() ?? '');
  const format = '--format=%j|%K|%T|%F|%r';
  let said = '';
  for (let i = 0; i < tries; i++) {
    if (i > 0) await sleep(1000 * i);
    const args = ['--user', user, '--states=all', '--array', '--noheader', format];
    const { code, stdout, stderr } = await call('squeue', args);
    if (code === 0) return stdout;
    said = stderr;
  }
  throw new UserError(
    `squeue: expected the tasks in Slurm’s queue, found no answer in ${tries} tries (${said}). Tasks ` +
      'already submitted continue; repeat the command once Slurm answers.',
  );
}
