import { resolve } from 'node:path';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { launchedState } from '../sweep/launched.js';
import { readManifests } from '../sweep/launchers/manifest.js';
import { callOrFail } from '../sweep/launchers/slurm/call.js';
import { queuedTasks } from '../sweep/launchers/slurm/queue.js';
import type { NamedPoint } from '../sweep/points.js';
import { sweepState } from '../sweep/state.js';
import { escapeControls } from '../text/escape-controls.js';
import { say } from './output/say.js';

/** A point as `bbits sweep --status` tells of it. */
interface PointStatus {
  readonly name: string;
  readonly folder: string;
  /** Not launched: no point of the name ever was. */
  readonly status: Awaited<ReturnType<typeof launchedState>>['status'] | 'not launched';
  /** Its task in the queue, as scancel takes it. */
  readonly task: string | null;
  readonly reason: string | null;
}

/** `bbits sweep CONFIG --status`: how far points are that were handed to Slurm. */
export async function saySweepStatus(
  folder: string,
  points: readonly NamedPoint[],
  json: boolean,
): Promise<void> {
  const found = await statusOf(folder, points);
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

async function statusOf(folder: string, points: readonly NamedPoint[]): Promise<PointStatus[]> {
  const { folders } = await sweepState(folder, points);
  const manifests = await readManifests(folder);
  const launched = new Set(manifests.flatMap(({ jobs }) => jobs.map((job) => job.folder)));
  const tasks = await queuedTasks(manifests);
  const found = points.map(async (point): Promise<PointStatus> => {
    const run = join(folder, folders.get(point) ?? point.name);
    const task = tasks.get(resolve(run));
    const { status, reason } = await launchedState(run, task);
    const isKnown = status !== 'lost' || launched.has(resolve(run));
    return {
      ...{ name: point.name, folder: run, status: isKnown ? status : 'not launched' },
      ...{ task: task?.id ?? null, reason: (isKnown && reason) || null },
    };
  });
  return Promise.all(found);
}

/** So many tasks are named in one call. */
const atOnce = 500;

/** `bbits sweep CONFIG --cancel`: takes the sweep's tasks out of Slurm's queue, running ones as well. */
export async function cancelSweep(folder: string): Promise<void> {
  const tasks = await queuedTasks(await readManifests(folder));
  const ids = [...tasks.values()].map(({ id }) => id);
  if (ids.length === 0) throw new UserError(`${folder}: found no points of it in the queue.`);
  for (let from = 0; from < ids.length; from += atOnce) {
    await callOrFail('scancel', ids.slice(from, from + atOnce));
  }
  say(`${ids.length} taken out of the queue. What they have saved stays; the same sweep goes on.`);
}
