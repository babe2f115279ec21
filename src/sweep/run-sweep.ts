import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { lockFolder } from '../runs/folder/run-lock.js';
import type { Job, JobEnd, JobObserver, JobProgress } from './job.js';
import type { Launcher } from './launchers/launcher.js';
import type { NamedPoint } from './points.js';
import { sweepState, type SweepState } from './state.js';

export interface SweepOptions {
  /** The sweep's own folder, created if missing. */
  readonly folder: string;
  /** The config's file name; like `overrides`, for the runs' records. */
  readonly file: string;
  readonly overrides: readonly string[];
  /** Start no more points after a failure. */
  readonly failFast: boolean;
  /** Retrain diverged points although they would diverge again. */
  readonly retry: boolean;
  /** Refuse to resume points on another device. */
  readonly sameMachine: boolean;
  readonly signal: AbortSignal;
}

/** Callbacks for the progress of a sweep. */
export interface SweepObserver {
  started(state: SweepState): void;
  jobStarted(point: NamedPoint): void;
  jobProgress(point: NamedPoint, done: JobProgress): void;
  jobWarning(point: NamedPoint, text: string): void;
  jobEnded(point: NamedPoint, end: JobEnd, seconds: number): void;
}

export interface SweepOutcome {
  readonly state: SweepState;
  /** The points run by this call, in order of completion. */
  readonly ended: readonly EndedPoint[];
  /** Not started, since the sweep was stopped. */
  readonly left: readonly NamedPoint[];
  /** Launched, and running without the sweep. */
  readonly goingOn: readonly NamedPoint[];
}

export interface EndedPoint {
  readonly point: NamedPoint;
  readonly end: JobEnd;
}

/**
 * Run the unfinished points of a sweep, each in a folder of its own.
 *
 * @throws UserError if another sweep uses the folder, it cannot be written, or no job can be launched
 */
export async function runSweep(
  points: readonly NamedPoint[],
  options: SweepOptions,
  launcher: Launcher,
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
  return lockFolder(folder, refuse, () => runMissing(points, options, launcher, observer));
}

async function runMissing(
  points: readonly NamedPoint[],
  options: SweepOptions,
  launcher: Launcher,
  observer: SweepObserver,
): Promise<SweepOutcome> {
  const { failFast, signal } = options;
  const state = await sweepState(options.folder, points);
  observer.started(state);
  const left = [...state.missing];
  const ended: EndedPoint[] = [];

  function* jobsToStart(): Generator<Job, void> {
    const isOver = () =>
      signal.aborted || (failFast && ended.some(({ end }) => end.status !== 'finished'));
    while (!isOver()) {
      const point = left.shift();
      if (!point) return;
      yield jobOf(point, state, options);
    }
  }
  await launcher.launch(jobsToStart(), jobObserver(state.missing, ended, observer), signal);
  const known = new Set([...left, ...ended.map(({ point }) => point)]);
  return { state, ended, left, goingOn: state.missing.filter((point) => !known.has(point)) };
}

/** The job that runs a point. */
export function jobOf(
  point: NamedPoint,
  { folders }: SweepState,
  { folder, file, overrides, retry, sameMachine }: Omit<SweepOptions, 'signal' | 'failFast'>,
): Job {
  const { config, name } = point;
  return {
    name,
    loaded: { config, file },
    folder: join(folder, folders.get(point) ?? name),
    command: ['bbits', 'sweep', file, ...overrides],
    retry,
    sameMachine,
  };
}

/** Forward a launcher's events to the sweep's observer, and collect the ends. */
function jobObserver(
  points: readonly NamedPoint[],
  ended: EndedPoint[],
  observer: SweepObserver,
): JobObserver {
  const byName = new Map(points.map((point) => [point.name, point]));
  const starts = new Map<NamedPoint, number>();
  const pointOf = ({ name }: Job): NamedPoint => {
    const point = byName.get(name);
    if (!point) throw new Error(`expected a job of this sweep, found ${name}`);
    return point;
  };
  return {
    started(job) {
      const point = pointOf(job);
      starts.set(point, performance.now());
      observer.jobStarted(point);
    },
    progress(job, done) {
      observer.jobProgress(pointOf(job), done);
    },
    warning(job, text) {
      observer.jobWarning(pointOf(job), text);
    },
    ended(job, end) {
      const point = pointOf(job);
      const start = starts.get(point);
      if (start === undefined) throw new Error(`${job.name}: ended, but was not started`);
      ended.push({ point, end });
      observer.jobEnded(point, end, (performance.now() - start) / 1000);
    },
  };
}
