import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { formatConfig } from '../../src/config/config.js';
import { parseSweep } from '../../src/config/sweep.js';
import { writeStatus } from '../../src/runs/folder/status-file.js';
import type { Job, JobEnd } from '../../src/sweep/job.js';
import type { Launcher } from '../../src/sweep/launchers/launcher.js';
import { namedPoints, type NamedPoint } from '../../src/sweep/points.js';
import { runSweep, type SweepObserver } from '../../src/sweep/run-sweep.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const file = 'small.yaml';
const points = namedPoints(
  parseSweep('dataset: mnist\nmodel: lenet5\nsweep: { seed: [1, 2, 3] }\n', file),
);
const names = points.map(({ name }) => name);
const finished: JobEnd = { status: 'finished', testAccuracyPercent: 99, relativeBopsPercent: 1 };
const failed: JobEnd = { status: 'failed', reason: 'no memory' };

let folder: string;
let told: string[];

beforeEach(async () => {
  folder = await temporaryFolder();
  told = [];
});

const tell = (what: string) => (point: NamedPoint) => {
  told.push(`${what} ${point.name}`);
};
const observer: SweepObserver = {
  started: ({ missing }) => told.push(`${missing.length} missing`),
  jobStarted: tell('started'),
  jobProgress: tell('progress'),
  jobWarning: tell('warning'),
  jobEnded: tell('ended'),
};

function sweep(launcher: Launcher, failFast = false, signal = new AbortController().signal) {
  const options = {
    folder,
    file,
    overrides: ['mu=0.2'],
    failFast,
    retry: false,
    sameMachine: false,
    signal,
  };
  return runSweep(points, options, launcher, observer);
}

/** Starts one job after the other, each of which ends at once. */
const endingWith = (end: JobEnd): Launcher => ({
  launch(jobs, watching) {
    for (const job of jobs) {
      watching.started(job);
      watching.ended(job, end);
    }
    return Promise.resolve();
  },
});

test('gives a launcher a job for every point, and reports their progress', async () => {
  const taken: Job[] = [];
  const { ended, left, goingOn } = await sweep({
    launch(jobs, watching) {
      for (const job of jobs) {
        taken.push(job);
        watching.started(job);
        watching.progress(job, { epoch: 1, step: 2, stepsPerEpoch: 3 });
        watching.warning(job, 'It is slow.');
        watching.ended(job, finished);
      }
      return Promise.resolve();
    },
  });
  expect(taken).toMatchObject(
    points.map(({ name, config }) => ({
      name,
      folder: join(folder, name),
      loaded: { config, file },
      command: ['bbits', 'sweep', file, 'mu=0.2'],
    })),
  );
  // It can be serialized for another process.
  expect(JSON.parse(JSON.stringify(taken))).toEqual(taken);
  const each = ['started', 'progress', 'warning', 'ended'];
  expect(told).toEqual([
    '3 missing',
    ...names.flatMap((name) => each.map((what) => `${what} ${name}`)),
  ]);
  expect(ended).toEqual(points.map((point) => ({ point, end: finished })));
  expect([left, goingOn]).toEqual([[], []]);
});

test('skips finished points', async () => {
  const [first] = points;
  const own = join(folder, first?.name ?? '');
  await mkdir(own);
  await writeFile(join(own, 'config.yaml'), first ? formatConfig(first.config) : '');
  await writeStatus(own, { status: 'finished' });
  const { state, ended } = await sweep(endingWith(finished));
  expect(state.finished).toEqual([first]);
  expect(ended.map(({ point }) => point)).toEqual(points.slice(1));
});

test.each([
  [false, 3, 0],
  [true, 1, 2],
])('continues after a failure unless failing fast: %s', async (failFast, ends, waiting) => {
  const { ended, left } = await sweep(endingWith(failed), failFast);
  expect(ended).toEqual(points.slice(0, ends).map((point) => ({ point, end: failed })));
  expect(left).toEqual(points.slice(ends));
  expect(left).toHaveLength(waiting);
});

test('gives no further job once stopped', async () => {
  const controller = new AbortController();
  const launcher: Launcher = {
    launch(jobs, watching, signal) {
      for (const job of jobs) {
        watching.started(job);
        controller.abort();
        expect(signal.aborted).toBe(true);
        watching.ended(job, { status: 'interrupted', reason: 'stopped' });
      }
      return Promise.resolve();
    },
  };
  const { ended, left } = await sweep(launcher, false, controller.signal);
  expect(ended.map(({ point }) => point)).toEqual(points.slice(0, 1));
  expect(left).toEqual(points.slice(1));
});

test('lets a launcher take all jobs at once, and leave them running without the sweep', async () => {
  const launcher: Launcher = {
    launch(jobs, watching) {
      const [first, ...others] = [...jobs];
      if (first) watching.started(first);
      if (first) watching.ended(first, finished);
      expect(others).toHaveLength(2);
      return Promise.resolve();
    },
  };
  const { ended, left, goingOn } = await sweep(launcher);
  expect(ended.map(({ point }) => point)).toEqual(points.slice(0, 1));
  expect(left).toEqual([]);
  expect(goingOn).toEqual(points.slice(1));
});

test('fails with the error of a launcher that cannot start anything', async () => {
  const launcher: Launcher = { launch: () => Promise.reject(new Error('no such queue')) };
  await expect(sweep(launcher)).rejects.toThrow('no such queue');
});
