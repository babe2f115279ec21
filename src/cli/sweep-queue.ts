import { UserError } from '../errors.js';
import { readManifests } from '../sweep/launchers/manifest.js';
import { callOrFail } from '../sweep/launchers/slurm/call.js';
import { queuedTasks } from '../sweep/launchers/slurm/queue.js';
import { pointStatuses } from '../sweep/point-statuses.js';
import type { NamedPoint } from '../sweep/points.js';
import { counted } from '../text/counted.js';
import { escapeControls } from '../text/escape-controls.js';
import { say } from './output/say.js';

/** `bbits sweep CONFIG --status`: print the status of points that were submitted to Slurm. */
export async function saySweepStatus(
  folder: string,
  points: readonly NamedPoint[],
  json: boolean,
): Promise<void> {
  const found = await pointStatuses(folder, points);
  if (json) {
    say(JSON.stringify({ folder, points: found }, null, 2));
    return;
  }
  const counts = new Map<string, number>();
  for (const { name, status, task, reason } of found) {
    counts.set(status, (counts.get(status) ?? 0) + 1);
    const parts = [status.padEnd(12), name, task ?? '', reason === null ? '' : reason];
    say(escapeControls(parts.filter((part) => part !== '').join('  ')));
  }
  say([...counts].map(([status, count]) => `${count} ${status}`).join(', '));
}

/** The largest number of tasks to name in one call of scancel. */
const atOnce = 500;

/**
 * `bbits sweep CONFIG --cancel`: remove the sweep's tasks from Slurm's queue, including running ones.
 *
 * @throws UserError if none is queued, or Slurm does not answer
 */
export async function cancelSweep(folder: string): Promise<void> {
  const tasks = await queuedTasks(await readManifests(folder));
  const ids = [...tasks.values()].map(({ id }) => id);
  if (ids.length === 0)
    throw new UserError(`${folder}: expected points of this sweep in the queue, found none.`);
  for (let from = 0; from < ids.length; from += atOnce) {
    await callOrFail('scancel', ids.slice(from, from + atOnce));
  }
  say(
    `${counted(ids.length, 'point')} removed from the queue. Checkpoints are kept; the same sweep continues from them.`,
  );
}
