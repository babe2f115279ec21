import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { estimateTimeLeft } from '../../../src/cli/output/time-left.js';
import { parseSweep } from '../../../src/config/sweep.js';
import { namedPoints } from '../../../src/sweep/points.js';

/** Two points of three epochs of training and two of fine-tuning. */
const [first, second] = namedPoints(
  parseSweep(
    'dataset: mnist\nmodel: lenet5\ntraining: { epochs: 3 }\nfineTuning: { epochs: 2 }\nsweep: { seed: [1, 2] }\n',
    'small.yaml',
  ),
);
if (!first || !second) throw new Error('expected two points');
const stepsPerEpoch = 10;
const seconds = (count: number) => {
  vi.advanceTimersByTime(1000 * count);
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

test('the time that is left is that of the epochs of all phases of all points', () => {
  const timeLeft = estimateTimeLeft(1);
  timeLeft.start([first, second]);
  expect(timeLeft.text()).toBe('--:--');
  // What starts up is no measure.
  seconds(100);
  timeLeft.progress(first, { epoch: 1, step: 10, stepsPerEpoch });
  expect(timeLeft.text()).toBe('--:--');
  seconds(60);
  timeLeft.progress(first, { epoch: 2, step: 10, stepsPerEpoch });
  // Of ten epochs eight are left, of a minute each.
  expect(timeLeft.text()).toBe('8:00');
  seconds(180);
  timeLeft.progress(first, { epoch: 5, step: 10, stepsPerEpoch });
  timeLeft.ended(first);
  expect(timeLeft.text()).toBe('5:00');
});

test('epochs that a run which goes on has behind it took no time now', () => {
  const timeLeft = estimateTimeLeft(1);
  timeLeft.start([first, second]);
  timeLeft.progress(first, { epoch: 4, step: 10, stepsPerEpoch });
  seconds(60);
  timeLeft.progress(first, { epoch: 5, step: 10, stepsPerEpoch });
  timeLeft.ended(first);
  timeLeft.progress(second, { epoch: 3, step: 10, stepsPerEpoch });
  expect(timeLeft.text()).toBe('2:00');
});

test('points that run at the same time share it, until fewer are left', () => {
  const timeLeft = estimateTimeLeft(2);
  timeLeft.start([first, second]);
  timeLeft.progress(first, { epoch: 1, step: 10, stepsPerEpoch });
  timeLeft.progress(second, { epoch: 1, step: 10, stepsPerEpoch });
  seconds(60);
  timeLeft.progress(first, { epoch: 2, step: 10, stepsPerEpoch });
  timeLeft.progress(second, { epoch: 2, step: 10, stepsPerEpoch });
  // Three minutes for both at once.
  expect(timeLeft.text()).toBe('3:00');
  timeLeft.ended(first);
  // The other one gets no faster by being alone.
  expect(timeLeft.text()).toBe('3:00');
});
