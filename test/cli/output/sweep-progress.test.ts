import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { sweepProgress } from '../../../src/cli/output/sweep-progress.js';
import { parseSweep } from '../../../src/config/sweep.js';
import type { SweepState } from '../../../src/sweep/state.js';
import { namedPoints } from '../../../src/sweep/points.js';

const text = `dataset: mnist
model: lenet5
training: { epochs: 3 }
fineTuning: { epochs: 2 }
sweep: { mu: [0.2] }
`;
const [point] = namedPoints(parseSweep(text, 'small.yaml'));
if (!point) throw new Error('expected a point');
const state: SweepState = {
  finished: [],
  missing: [point],
  diverged: [],
  folders: new Map(),
  others: [],
  absent: [],
};
const inFineTuning = { epoch: 5, step: 6, stepsPerEpoch: 12 };

let written: Record<'stdout' | 'stderr', string>;

beforeEach(() => {
  written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation((part) => {
      written[name] += String(part);
      return true;
    });
  }
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

/** Whether stderr is a terminal, for the rest of a test. */
function stderrIsTerminal(is: boolean): void {
  const before = Object.getOwnPropertyDescriptor(process.stderr, 'isTTY');
  Object.defineProperty(process.stderr, 'isTTY', { value: is, configurable: true });
  vi.stubEnv('TERM', 'xterm');
  vi.stubEnv('NO_COLOR', undefined);
  onTestFinished(() => {
    if (before) Object.defineProperty(process.stderr, 'isTTY', before);
    else Reflect.deleteProperty(process.stderr, 'isTTY');
  });
}

test('lines count the epochs of all phases', () => {
  stderrIsTerminal(false);
  vi.useFakeTimers({ toFake: ['performance'] });
  const { observer } = sweepProgress(1);
  observer.started(state);
  observer.jobStarted(point);
  vi.advanceTimersByTime(31_000);
  observer.jobProgress(point, inFineTuning);
  expect(written.stderr).toBe(
    '1 points, 0 of them finished, 1 to run\n1/1  mu=0.2  started\n' +
      '  mu=0.2  epoch 5/5, step 6/12\n  --:-- left in all\n',
  );
});

test('bars on a terminal count the epochs of all phases too', async () => {
  stderrIsTerminal(true);
  const progress = sweepProgress(1);
  const { observer } = progress;
  observer.started(state);
  observer.jobStarted(point);
  observer.jobProgress(point, inFineTuning);
  await sleep(300);
  progress.close();
  // 4.5 of 5 epochs are 10.8 of 12 characters.
  expect(written.stderr).toContain('1/1  mu=0.2  ███████████░ epoch 5/5  --:-- left in all');
});

test('a finished point is a line of results, with text from its files escaped', () => {
  stderrIsTerminal(false);
  const { observer } = sweepProgress(1);
  observer.started(state);
  observer.jobStarted(point);
  const finished = {
    status: 'finished',
    testAccuracyPercent: 98.7654,
    relativeBopsPercent: 1,
  } as const;
  observer.jobEnded(point, finished, 83);
  observer.jobEnded(point, { status: 'failed', reason: 'no\u001b[2J memory\nstack' }, 1);
  expect(written.stdout).toBe(
    '1/1  mu=0.2  98.77 % at 1.00 % BOPs, in 1:23\n1/1  mu=0.2  failed: no\\u{1b}[2J memory\n',
  );
});
