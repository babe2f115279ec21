import { join, resolve } from 'node:path';
import { someAtOnce } from '../files/some-at-once.js';
import { launchedState, type LaunchedState } from './launched.js';
import { readManifests } from './launchers/manifest.js';
import { queuedTasks } from './launchers/slurm/queue.js';
import type { NamedPoint } from './points.js';
import { sweepState } from './state.js';

/** A point's state for `bbits sweep --status`. */
export interface PointStatus {
  readonly name: string;
  readonly folder: string;
  /** Not launched: no job was ever launched for this folder. */
  readonly status: LaunchedState['status'] | 'not launched';
  /** Its task id for scancel. */
  readonly task: string | null;
  readonly reason: string | null;
}

/** The states of launched points. @throws UserError if Slurm does not answer */
export async function pointStatuses(
  folder: string,
  points: readonly NamedPoint[],
): Promise<PointStatus[]> {
  const { folders } = await sweepState(folder, points);
  const manifests = await readManifests(folder);
  const launched = new Set(manifests.flatMap(({ jobs }) => jobs.map((job) => job.folder)));
  const tasks = await queuedTasks(manifests);
  return someAtOnce(points, async (point): Promise<PointStatus> => {
    const run = join(folder, folders.get(point) ?? point.name);
    const task = tasks.get(resolve(run));
    const { status, reason } = await launchedState(run, task);
    const isKnown = status !== 'lost' || launched.has(resolve(run));
    return {
      ...{ name: point.name, folder: run, status: isKnown ? status : 'not launched' },
      ...{ task: task?.id ?? null, reason: (isKnown && reason) || null },
    };
  });
}
