import { beforeAll, expect, test } from 'vitest';
import { nesterovSgd } from '../../../src/training/optimizers/optimizers.js';
import { optimizerSteps } from '../../helpers/optimizer-steps.js';
import { startTestBackend } from '../../helpers/test-backend.js';

beforeAll(startTestBackend);

const gradients = [
  [1, 2],
  [0, -4],
  [2, 0],
];

test('weight decay is decoupled, and proportional to the rate', () => {
  const settings = { learningRate: 0.1, momentum: 0.5, weightDecay: 0.5 };
  const found = optimizerSteps(nesterovSgd(settings), [1, -2], gradients.slice(0, 2));
  // As below, less 0.05 of the value before each step.
  [0.8, -2.2, 0.735, -1.54].forEach((value, index) => {
    expect(found.flat()[index]).toBeCloseTo(value, 6);
  });
});

test.each([
  // m: 1, 0.5, 2.25 and 2, -3, -1.5; steps 0.1 (g + 0.5 m): 0.15, 0.025, 0.3125; 0.3, -0.55, -0.075.
  ['one rate', 0.1, [0.85, -2.3, 0.825, -1.75, 0.5125, -1.675]],
  // The same steps with rates 0.1, 0.2 and 0.4.
  [
    'a rising rate',
    (epochsDone: number) => 0.1 * 2 ** epochsDone,
    [0.85, -2.3, 0.8, -1.2, -0.45, -0.9],
  ],
])(
  'looks ahead along its momentum: three steps computed by hand, with %s',
  (_, learningRate, expected) => {
    const found = optimizerSteps(nesterovSgd({ learningRate, momentum: 0.5 }), [1, -2], gradients);
    expected.forEach((value, index) => {
      expect(found.flat()[index]).toBeCloseTo(value, 6);
    });
  },
);
