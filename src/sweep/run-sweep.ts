import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { lockFolder } from '../runs/folder/run-lock.js';
import { readResult } from '../runs/folder/stored-result.js';
import { endBy } from './end.js';
import { runJob } from './job.js';
import type { JobEnd, JobProgress } from './messages.js';
import { preparePlace } from './place.js';
import { sweepState, type NamedPoint, type SweepState } from './points.js';

export interface SweepOptions {
  /** The sweep's own folder; it is made if it is not there. */
  readonly folder: string;
  /** For the runs' records. */
  readonly file: string;
  readonly overrides: readonly string[];
  /** Runs at the same time. */
  readonly jobs: number;
  /** Which GPUs they take turns on; empty: whatever there is. */
  readonly gpus: readonly string[];
  /** Start no further point after one has failed. */
  readonly failFast: boolean;
  readonly signal: AbortSignal;
}

/** Is told what happens while a sweep goes on. */
export interface SweepObserver {
  started(state: SweepState): void;
  jobStarted(point: NamedPoint): void;
  jobProgress(point: NamedPoint, done: JobProgress): void;
  jobWarning(point: NamedPoint, text: string): void;
  jobEnded(point: NamedPoint, end: JobEnd, seconds: number): void;
}

export interface SweepOutcome {
  readonly state: SweepState;
  /** Of the points that were run now, in the order of their ends. */
  readonly ended: readonly { readonly point: NamedPoint; readonly end: JobEnd }[];
  /** Not started: the sweep was stopped before. */
  readonly left: readonly NamedPoint[];
}

/**
 * Runs the points of a sweep that are not finished, each in a folder and a process of its own.
 *
 * @throws UserError if another sweep uses the folder, or it cannot be written to
 */
export async function runSweep(
  points: readonly NamedPoint[],
  options: SweepOptions,
  observer: SweepObserver,
): Promise<SweepOutcome> {
  const { folder } = options;
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    const { message } = cause as NodeJS.ErrnoException;
    throw new UserError(
      `${folder}: expected a folder to write to, but: ${message}. Name another with --out.`,
      1,
      { cause },
    );
  });
  const refuse = (holder: string) =>
    new UserError(
      `${folder}: expected a folder that no other sweep uses, found one held by ${holder}. Wait for it, ` +
        'or name another folder with --out.',
    );
  return lockFolder(folder, refuse, () => runMissing(points, options, observer));
}

async function runMissing(
  points: readonly NamedPoint[],
  options: SweepOptions,
  observer: SweepObserver,
): Promise<SweepOutcome> {
  const { folder, jobs, gpus, failFast, signal } = options;
  const state = await sweepState(folder, points);
  observer.started(state);
  const queue = [...state.missing];
  const ended: { point: NamedPoint; end: JobEnd }[] = [];
  const isOver = () =>
    signal.aborted || (failFast && ended.some(({ end }) => end.status !== 'finished'));

  async function work(slot: number): Promise<void> {
    const gpu = gpus.length > 0 ? gpus[slot % gpus.length] : undefined;
    for (let point = queue.shift(); point !== undefined; point = queue.shift()) {
      if (isOver()) {
        queue.unshift(point);
        return;
      }
      observer.jobStarted(point);
      const start = performance.now();
      const end = await runPoint(point, gpu, options, observer);
      ended.push({ point, end });
      observer.jobEnded(point, end, (performance.now() - start) / 1000);
    }
  }
  await Promise.all(Array.from({ length: jobs }, (_, slot) => work(slot)));
  return { state, ended, left: queue };
}

/** Whatever keeps one point from being run does not keep the others. */
async function runPoint(
  point: NamedPoint,
  gpu: string | undefined,
  options: SweepOptions,
  observer: SweepObserver,
): Promise<JobEnd> {
  const { signal } = options;
  const folder = join(options.folder, point.name);
  try {
    const place = await preparePlace(folder, point, signal);
    // Its job went on after its sweep was killed.
    if (place === 'finished') return await endOf(folder);
    return await runJob(requestOf(point, place === 'begun', options), gpu, signal, {
      progress: (done) => {
        observer.jobProgress(point, done);
      },
      warning: (text) => {
        observer.jobWarning(point, text);
      },
    });
  } catch (error) {
    return endBy(error, signal);
  }
}

async function endOf(folder: string): Promise<JobEnd> {
  const result = await readResult(folder);
  if (!result) throw new UserError(`${folder}: expected the result.json of a finished run.`);
  const { testAccuracyPercent, relativeBopsPercent } = result;
  return { status: 'finished', testAccuracyPercent, relativeBopsPercent };
}

function requestOf(
  point: NamedPoint,
  goesOn: boolean,
  { folder, file, overrides, jobs }: SweepOptions,
) {
  const { config, name } = point;
  const threads = Math.max(1, Math.floor((config.threads ?? availableParallelism()) / jobs));
  return {
    loaded: { config: { ...config, threads }, file },
    out: join(folder, name),
    goesOn,
    command: ['bbits', 'sweep', file, ...overrides],
  };
}
