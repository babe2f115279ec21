import { z } from 'zod';

/** The config section of fine-tuning. */

const learningRate = z
  .number()
  .positive()
  .default(1e-4)
  .describe('Initial learning rate, with cosine decay to 0, step by step.');

export const fineTuning = z
  .strictObject({
    epochs: z
      .int()
      .min(0)
      .default(0)
      .describe(
        'Epochs after training.epochs in which weights and ranges continue to learn; 0 for none.',
      ),
    weights: z
      .strictObject({
        learningRate,
        momentum: z.number().min(0).lt(1).default(0.9).describe('Momentum of the gradients.'),
      })
      .prefault({})
      .describe('Stochastic gradient descent with Nesterov momentum, for weights and biases.'),
    ranges: z.strictObject({ learningRate }).prefault({}).describe('Adam, for the ranges beta.'),
  })
  .prefault({})
  .describe(
    'A second phase of training with every gate fixed as at test time and batch norms folded into the weights.',
  );
