import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadSweep } from '../../src/config/sweep.js';
import { readResult } from '../../src/runs/folder/result-file.js';
import { readStatus } from '../../src/runs/folder/status-file.js';
import { namedPoints } from '../../src/sweep/points.js';
import { runSweep, type SweepObserver } from '../../src/sweep/run-sweep.js';
import { launcherOptions } from '../helpers/launcher-options.js';
import { sweepConfig } from '../helpers/sweep-config.js';
import { sameProcess } from './same-process-launcher.js';

const epochs = 3;

test('a launcher can run points in the sweep’s own process, be stopped, and resume', async () => {
  const { file, at } = await sweepConfig('{ seed: [1, 2] }', epochs);
  const folder = at('out');
  const points = namedPoints(await loadSweep(file));
  const [first, second] = points;
  const launcher = sameProcess(launcherOptions());
  const controller = new AbortController();
  const seen = new Set<number>();
  const observer: SweepObserver = {
    started: () => undefined,
    jobStarted: () => undefined,
    jobProgress(point, { epoch, step, stepsPerEpoch }) {
      expect(step).toBeLessThanOrEqual(stepsPerEpoch);
      seen.add(epoch);
      if (point === second && epoch === 2) controller.abort(new Error('Enough.'));
    },
    jobWarning: () => undefined,
    jobEnded: () => undefined,
  };
  const sweep = (signal: AbortSignal) =>
    runSweep(
      points,
      { folder, file, overrides: [], failFast: false, retry: false, sameMachine: false, signal },
      launcher,
      observer,
    );

  const stopped = await sweep(controller.signal);
  const folderOf = (point = first) => join(folder, point?.name ?? '');
  expect([...seen]).toEqual([1, 2, 3]);
  expect(stopped.ended.map(({ end }) => end)).toMatchObject([
    { status: 'finished' },
    { status: 'interrupted', reason: 'Enough.' },
  ]);
  expect(await readStatus(folderOf(second))).toMatchObject({ status: 'interrupted' });

  const { state, ended, left } = await sweep(new AbortController().signal);
  expect([state.finished, state.missing, left]).toEqual([[first], [second], []]);
  const result = await readResult(folderOf(second));
  expect(result?.epochs).toBe(epochs);
  const { testAccuracyPercent, relativeBopsPercent } = result ?? {};
  expect(ended).toEqual([
    { point: second, end: { status: 'finished', testAccuracyPercent, relativeBopsPercent } },
  ]);
});
