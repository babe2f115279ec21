import { basename } from 'node:path';
import { loadDataset } from '../data/load.js';
import { UserError } from '../errors.js';
import { endOfPath } from '../config/naming/identity.js';
import { datasetRecord, type ParentRecord, type RunRecord } from '../runs/folder/record-file.js';
import type { DataOrigin } from '../runs/identity/data-origin.js';
import {
  isSameRun,
  runOrigin,
  type ParentOrigin,
  type RunOrigin,
} from '../runs/identity/run-origin.js';
import { parentOrigin, startingWeights, teacherOrigin } from '../runs/starting-weights.js';
import type { NamedPoint } from './points.js';

/** The origin that a point's run would have, as far as its inputs are available. */
export interface PointOrigin extends RunOrigin {
  readonly isDataThere: boolean;
}

/**
 * Read the points' data, parents and teachers, as far as they are available.
 *
 * @returns `absent`: the inputs that are not available and why, one per line
 */
export async function pointOrigins(
  points: readonly NamedPoint[],
): Promise<{ origins: ReadonlyMap<NamedPoint, PointOrigin>; absent: readonly string[] }> {
  const absent = new Set<string>();
  const orAbsent = <T>(work: Promise<T>): Promise<T | undefined> =>
    work.catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      absent.add(error.message);
      return undefined;
    });
  const datasets = new Map<string, Promise<RunRecord['dataset'] | undefined>>();
  const parents = new Map<string, Promise<ParentOrigin>>();
  const teachers = new Map<string, Promise<ParentOrigin>>();
  const origins = new Map<NamedPoint, PointOrigin>();
  for (const point of points) {
    const { dataset, from, teacher } = point.config;
    // Sequential, so that only one data set is in memory.
    const data = await once(datasets, JSON.stringify(dataset), () =>
      orAbsent(loadDataset(dataset).then(datasetRecord)),
    );
    const parent =
      from === undefined
        ? undefined
        : await once(parents, from, () => parentAt(from, orAbsent(weightsOrigin(from))));
    const run = teacher?.run;
    const taughtBy =
      run === undefined
        ? undefined
        : await once(teachers, run, () => parentAt(run, orAbsent(teacherOrigin(run))));
    origins.set(point, {
      ...runOrigin(point.config, data && { dataset: data }),
      parent,
      teacher: taughtBy,
      isDataThere: data !== undefined,
    });
  }
  return { origins, absent: [...absent] };
}

async function weightsOrigin(folder: string): Promise<ParentRecord | undefined> {
  return (await startingWeights(folder))?.parent;
}

/** A parent by its weights, else by its setting and seed, else by its folder alone. */
async function parentAt(
  folder: string,
  reading: Promise<ParentRecord | undefined>,
): Promise<ParentOrigin> {
  const found = await reading;
  if (found !== undefined) return { folder, ...found };
  return (await parentOrigin(folder).catch(() => undefined)) ?? { folder };
}

function once<T>(made: Map<string, T>, key: string, make: () => T): T {
  const found = made.get(key) ?? make();
  made.set(key, found);
  return found;
}

/** Whether a run is a point's; unavailable inputs are compared by names and settings only. */
export function isRunOf(point: PointOrigin, run: RunOrigin): boolean {
  if (!point.isDataThere && dataName(point.data) !== dataName(run.data)) return false;
  const data = point.isDataThere ? point.data : run.data;
  const parent = comparable(point.parent, run.parent);
  return isSameRun(
    { ...point, data, parent, teacher: comparable(point.teacher, run.teacher) },
    run,
  );
}

/** A name for data that does not depend on the location of its folder. */
function dataName({ config }: DataOrigin): string {
  return 'name' in config ? config.name : `folder ${basename(config.path)}`;
}

/** Parents known only by their folders compare equal if the ends of their paths do. */
function comparable(
  point: ParentOrigin | undefined,
  run: ParentOrigin | undefined,
): ParentOrigin | undefined {
  if (point === undefined || run === undefined) return point;
  return endOfPath(point.folder) === endOfPath(run.folder)
    ? { ...point, folder: run.folder }
    : point;
}
