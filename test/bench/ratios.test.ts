import { expect, test } from 'vitest';
import { ratiosOf } from '../../bench/ratios.js';
import { findSuite, type Suite } from '../../bench/suites.js';

const suite = findSuite('lenet5') as Suite;

/** Times on a machine that is half as fast in the second round, which ratios within a round cancel. */
const inRounds = (ms: number) => [ms, 2 * ms, ms];

test('uses the better layout, and ratios within a round', () => {
  const [first, ...others] = ratiosOf(suite, {
    'full precision': [10, 26, 10],
    'full precision, PyTorch, contiguous': inRounds(20),
    'full precision, PyTorch, channels_last': inRounds(10),
  });
  const to = 'full precision, PyTorch, channels_last';
  expect(first).toEqual({ of: 'full precision', to, ratio: 1, goal: { atMost: 1.1 } });
  expect(others).toEqual([]);
});

test('compares gates with full precision, with our kernels and plain ones', () => {
  const found = ratiosOf(suite, {
    'full precision': inRounds(10),
    'all gates interior': inRounds(13),
    'full precision, plain': inRounds(20),
    'all gates interior, plain': inRounds(40),
    'all gates interior, eager': inRounds(50),
  });
  expect(found.map(({ of, to, ratio, goal }) => [of, to, ratio, goal])).toEqual([
    ['all gates interior', 'full precision', expect.closeTo(1.3), { atMost: 1.3 }],
    ['all gates interior', 'full precision, plain', expect.closeTo(0.65), undefined],
    ['all gates interior, plain', 'full precision, plain', expect.closeTo(2), undefined],
  ]);
});

test("estimates the authors' code as PyTorch times a factor", () => {
  const found = ratiosOf(suite, {
    'full precision, PyTorch, contiguous': inRounds(10),
    'as a run starts (8 bits)': inRounds(9),
  });
  expect(found).toEqual([
    {
      of: "the authors' code (2.7 x PyTorch, contiguous)",
      to: 'as a run starts (8 bits)',
      ratio: expect.closeTo(3) as number,
      goal: { atLeast: 3 },
    },
  ]);
});

test('sets the goal for gates near the cost of their passes', () => {
  const rounds = {
    'full precision': inRounds(10),
    'all five levels open': inRounds(11),
    'all gates interior': inRounds(13),
  };
  const goals = (passesMs?: number) => ratiosOf(suite, rounds, passesMs).map(({ goal }) => goal);
  expect(goals()).toEqual([{ atMost: 1.15 }, { atMost: 1.3 }]);
  expect(goals(0.4)).toEqual([{ atMost: expect.closeTo(1.09) as number }, { atMost: 1.3 }]);
  expect(goals(4)).toEqual([{ atMost: 1.15 }, { atMost: 1.3 }]);
});
