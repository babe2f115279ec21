import { afterEach, expect, test, vi } from 'vitest';
import { stepMilliseconds } from '../../bench/times.js';

afterEach(() => void vi.restoreAllMocks());

const timing = { warmUpSteps: 5, fewestSteps: 10, measuredMs: 800 };

test.each([
  ['of one step', 1, 5 + 400],
  ['of many steps', 64, 3 + 6],
])('steps are measured in calls %s, as in training', (_, mostSteps, calls) => {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const asked: number[] = [];
  const steps = (count: number) => {
    asked.push(count);
    now += 2 * count;
  };
  expect(stepMilliseconds({ steps, mostSteps }, timing)).toBe(2);
  expect(asked).toEqual(new Array(calls).fill(mostSteps));
});
