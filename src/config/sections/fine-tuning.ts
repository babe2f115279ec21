import { z } from 'zod';

/** A second phase of training: a part of the config. */

const learningRate = z
  .number()
  .positive()
  .default(1e-4)
  .describe('At its start; it falls to 0 in a quarter of a wave, step by step.');

export const fineTuning = z
  .strictObject({
    epochs: z
      .int()
      .min(0)
      .default(0)
      .describe('Epochs after training.epochs, in which weights and ranges go on; 0: none.'),
    weights: z
      .strictObject({
        learningRate,
        momentum: z.number().min(0).lt(1).default(0.9).describe('Of the gradients.'),
      })
      .prefault({})
      .describe('Stochastic gradient descent with Nesterov’s momentum, of weights and biases.'),
    ranges: z.strictObject({ learningRate }).prefault({}).describe('Adam, of the ranges beta.'),
  })
  .prefault({})
  .describe(
    'A second phase with every gate fixed as at test time, and folded batch norms inside the weights for good.',
  );
