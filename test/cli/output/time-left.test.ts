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

test('the time left covers the epochs of all phases of all points', () => {
  const timeLeft = estimateTimeLeft(1);
  timeLeft.start([first, second]);
  expect(timeLeft.text()).toBe('--:--');
  // Startup does not count.
  seconds(100);
  timeLeft.progress(first, { epoch: 1, step: 10, stepsPerEpoch });
  expect(timeLeft.text()).toBe('--:--');
  seconds(60);
  timeLeft.progress(first, { epoch: 2, step: 10, stepsPerEpoch });
  // Eight of ten epochs are left, a minute each.
  expect(timeLeft.text()).toBe('8:00');
  seconds(180);
  timeLeft.progress(first, { epoch: 5, step: 10, stepsPerEpoch });
  timeLeft.ended(first);
  expect(timeLeft.text()).toBe('5:00');
});

test('earlier epochs of a resumed run do not count', () => {
  const timeLeft = estimateTimeLeft(1);
  timeLeft.start([first, second]);
  timeLeft.progress(first, { epoch: 4, step: 10, stepsPerEpoch });
  seconds(60);
  timeLeft.progress(first, { epoch: 5, step: 10, stepsPerEpoch });
  timeLeft.ended(first);
  timeLeft.progress(second, { epoch: 3, step: 10, stepsPerEpoch });
  expect(timeLeft.text()).toBe('2:00');
});

test('points that run in parallel divide the time, until fewer are left', () => {
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
  // The remaining point does not run faster alone.
  expect(timeLeft.text()).toBe('3:00');
});
