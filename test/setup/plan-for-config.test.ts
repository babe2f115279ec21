import { expect, test } from 'vitest';
import { UserError } from '../../src/errors.js';
import { convolution, dense, flatten, maxPool, type Layer } from '../../src/nn/network.js';
import { planFor } from '../../src/setup/plan-for-config.js';

const mnist = { name: 'mnist', classes: 10, imageShape: [28, 28, 1] } as const;
const own = (...layers: Layer[]) => ({ layers, initialWeights: 'uniform' as const });

function refusal(run: () => unknown): UserError {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}

test('a custom network is planned like a built-in one', () => {
  const plan = planFor(own(convolution('c', 4, 5), maxPool(2), flatten, dense('d', 10)), mnist);
  expect(plan.layers.map(({ name }) => name)).toEqual(['c', 'd']);
});

test.each([
  [
    'another number of classes',
    own(flatten, dense('d', 12)),
    'its last layer has the output shape [12], expected [10], one number for each class',
  ],
  [
    'an image instead of logits',
    own(convolution('c', 10, 5)),
    'its last layer has the output shape [24, 24, 10], expected [10]',
  ],
  ['shapes that do not fit', own(dense('d', 10)), 'dense layer "d" reads [28, 28, 1]; expected'],
])('%s is refused, with exit code 2', (_, model, message) => {
  const { message: found, exitCode } = refusal(() => planFor(model, mnist));
  expect(found).toMatch(
    /^model: found own network, which does not fit the 28x28x1 images of mnist/,
  );
  expect(found).toContain(message);
  expect(exitCode).toBe(2);
});

test('a model for larger images is refused', () => {
  const model = { name: 'vgg7', width: 1, batchNorm: 'folded' } as const;
  expect(refusal(() => planFor(model, mnist)).message).toContain(
    'model: found vgg7, which does not fit the 28x28x1 images of mnist: max-pool layer reads [7, 7, 512]',
  );
});

test('a bug in planning is not reported as a user error', () => {
  const broken = own(flatten, undefined as unknown as Layer, dense('d', 10));
  expect(() => planFor(broken, mnist)).toThrow(TypeError);
});
