import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { someAtOnce } from '../files/some-at-once.js';
import { isRunFolder } from '../runs/find-runs.js';
import { readConfig } from '../runs/folder/config-file.js';
import { readRecord } from '../runs/folder/record-file.js';
import { readResult } from '../runs/folder/result-file.js';
import { readStatus, type RunStatus } from '../runs/folder/status-file.js';
import { runOrigin, type RunOrigin } from '../runs/identity/run-origin.js';
import { groupBy } from '../text/group-by.js';
import { naturalOrder } from '../text/natural-order.js';
import { isRunOf, pointOrigins, type PointOrigin } from './point-origins.js';
import { freeName, type NamedPoint } from './points.js';

/** State of a sweep's points in its folder. */
export interface SweepState {
  readonly finished: readonly NamedPoint[];
  /** Points to start or resume. */
  readonly missing: readonly NamedPoint[];
  /** The missing points that have diverged. */
  readonly diverged: readonly NamedPoint[];
  /** Name of the folder of each point's run, existing or planned. */
  readonly folders: ReadonlyMap<NamedPoint, string>;
  /** Runs of no point, as `NAME` or, with a single difference from a point, `NAME (DIFFERENCE)`. */
  readonly others: readonly string[];
  /** Data and weights that could not be compared, and why. */
  readonly absent: readonly string[];
}

/**
 * Find the points' runs in a sweep's folder by their origin, whatever the names of their folders.
 *
 * @throws UserError if the folder cannot be read
 */
export async function sweepState(
  folder: string,
  points: readonly NamedPoint[],
): Promise<SweepState> {
  const entries = await entriesOf(folder);
  const { origins, absent } = await pointOrigins(points);
  const runFolders = await runFoldersIn(folder, entries);
  const runs = (await runsIn(folder, runFolders)).toSorted(
    (a, b) => rank(a) - rank(b) || naturalOrder(a.name, b.name),
  );
  const found = matches(points, origins, runs);
  const folders = new Map<NamedPoint, string>();
  const taken = new Set(runs.map(({ name }) => name));
  for (const point of points) {
    const own = found.get(point)?.name ?? freeName(point.name, (name) => taken.has(name));
    folders.set(point, own);
    taken.add(own);
  }
  const withStatus = (status: RunStatus['status']) =>
    points.filter((point) => found.get(point)?.status === status);
  const finished = new Set(withStatus('finished'));
  const names = new Set(folders.values());
  const ofPoints = [...origins.values()];
  const others: string[] = [];
  for (const entry of runFolders) {
    if (names.has(entry)) continue;
    const run = runs.find(({ name }) => name === entry);
    const why = run && differenceTo(ofPoints, run.origin);
    others.push(why === undefined ? entry : `${entry} (${why})`);
  }
  return {
    finished: [...finished],
    missing: points.filter((point) => !finished.has(point)),
    diverged: withStatus('diverged'),
    folders,
    others,
    absent,
  };
}

/** A run in a sweep's folder. */
interface SweepRun {
  readonly name: string;
  readonly status: RunStatus['status'];
  readonly origin: RunOrigin;
}

/** Folders of runs, without those that were moved aside. */
async function runFoldersIn(folder: string, entries: readonly string[]): Promise<string[]> {
  const candidates = entries.filter((entry) => !asidePattern.test(entry));
  const areRuns = await someAtOnce(candidates, (entry) => isRunFolder(join(folder, entry)));
  return candidates.filter((_, index) => areRuns[index]);
}

/** The runs with a readable config; others match no point. */
async function runsIn(folder: string, names: readonly string[]): Promise<SweepRun[]> {
  const runs = await someAtOnce(names, async (name): Promise<SweepRun[]> => {
    const path = join(folder, name);
    const config = await orNothing(readConfig(path));
    if (config === undefined) return [];
    const record = await orNothing(readRecord(path));
    const result = await orNothing(readResult(path));
    const { status } = await readStatus(path);
    return [{ name, status, origin: runOrigin(config, record, result?.extendedAfterEpochs) }];
  });
  return runs.flat();
}

/** Match each run to at most one point, preferably the one with its name. */
function matches(
  points: readonly NamedPoint[],
  origins: ReadonlyMap<NamedPoint, PointOrigin>,
  runs: readonly SweepRun[],
): ReadonlyMap<NamedPoint, SweepRun> {
  const found = new Map<NamedPoint, SweepRun>();
  const free = new Set(runs);
  // Grouped by key: comparing thousands of points with all runs would take a minute.
  const alike = groupBy(runs, ({ origin }) => keyOf(origin));
  const take = (point: NamedPoint, choose: (best: SweepRun[]) => SweepRun | undefined) => {
    const origin = origins.get(point);
    if (origin === undefined || found.has(point)) return;
    const candidates = alike.get(keyOf(origin)) ?? [];
    const own = candidates.filter((run) => free.has(run) && isRunOf(origin, run.origin));
    const run = choose(own.filter((each) => rank(each) === rank(own[0])));
    if (run === undefined) return;
    found.set(point, run);
    free.delete(run);
  };
  for (const point of points) take(point, (best) => best.find(({ name }) => name === point.name));
  for (const point of points) take(point, ([first]) => first);
  return found;
}

/** A key that a point and its run share, whatever inputs are available. */
function keyOf({ settings, seed }: RunOrigin): string {
  return `${settings} ${seed}`;
}

/** The only difference from a point of the same settings and seed; undefined: several, or no such point. */
function differenceTo(points: readonly PointOrigin[], run: RunOrigin): string | undefined {
  const point = points.find(({ settings, seed }) => settings === run.settings && seed === run.seed);
  if (point === undefined) return undefined;
  const { data, parent, teacher, extendedAfterEpochs } = run;
  if (isRunOf({ ...point, data }, run)) return 'other data';
  if (isRunOf({ ...point, parent }, run)) return 'other weights to start from';
  if (isRunOf({ ...point, teacher }, run)) return 'another teacher';
  return isRunOf({ ...point, extendedAfterEpochs }, run) ? 'extended' : undefined;
}

/** Sort order of runs: finished, unfinished, diverged. */
function rank(run: SweepRun | undefined): number {
  if (run?.status === 'finished') return 0;
  return run?.status === 'diverged' ? 2 : 1;
}

/** The contents of a file; undefined if it is damaged or missing. */
async function orNothing<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch((error: unknown) => {
    if (error instanceof UserError) return undefined;
    throw error;
  });
}

/** Folders of runs that were moved aside. */
const asidePattern = /\.(interrupted|failed|diverged)-\d+$/;

/** Names of the subfolders; empty if the folder does not exist. */
async function entriesOf(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new UserError(
      `${folder}: expected the folder of a sweep, but: ${message}. Name another with --out.`,
      1,
      { cause: error },
    );
  }
}
