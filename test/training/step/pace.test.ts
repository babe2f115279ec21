import { expect, test } from 'vitest';
import { firstPace, nextPace, stepsInCall } from '../../../src/training/step/pace.js';

test('a call lasts 0.2 seconds, and does at most twice as many steps as before', () => {
  expect(firstPace).toEqual({ steps: 1 });
  expect(nextPace({ steps: 1 }, 1, 0.001)).toEqual({ steps: 2 });
  expect(nextPace({ steps: 32 }, 32, 0.064)).toEqual({ steps: 64 });
  expect(nextPace({ steps: 64 }, 64, 0.32)).toEqual({ steps: 40 });
  expect(nextPace({ steps: 4 }, 4, 3)).toEqual({ steps: 1 });
  // A call that ends early still measures the time per step.
  expect(nextPace({ steps: 64 }, 3, 0.009)).toEqual({ steps: 66 });
});

test('a call has steps of one size, and ends before a step at which the host acts', () => {
  const batches = [8, 8, 8, 8, 8, 3].map((length) => ({ length }));
  const never = () => false;
  expect(stepsInCall(batches, 3, never)).toBe(3);
  expect(stepsInCall(batches, 64, never)).toBe(5);
  expect(stepsInCall(batches.slice(5), 64, never)).toBe(1);
  expect(stepsInCall(batches, 64, (at) => at === 2)).toBe(2);
  // It acts before the first step anyway.
  expect(stepsInCall(batches, 64, () => true)).toBe(1);
});
