import { z } from 'zod';

/** The config section of optimizers. */

const learningRate = z
  .number()
  .positive()
  .default(1e-3)
  .describe(
    'Learning rate. One step of Adam changes a parameter by about this much, in the parameter’s unit. sgd, for weights and biases only, multiplies the gradient by it and needs a larger rate.',
  );

const adam = {
  learningRate,
  beta1: z
    .number()
    .min(0)
    .lt(1)
    .default(0.9)
    .describe('Decay of the running mean of the gradient.'),
  beta2: z
    .number()
    .min(0)
    .lt(1)
    .default(0.999)
    .describe('Decay of the running mean of the squared gradient.'),
  epsilon: z
    .number()
    .positive()
    .default(1e-8)
    .describe('Added to the square root of the bias-corrected mean of the squared gradient.'),
};

const weightDecay = z
  .number()
  .min(0)
  .default(0)
  .describe(
    'Decoupled weight decay (AdamW, SGDW): each step subtracts this times the learning rate times the weight.',
  );

const sgd = z.strictObject({
  name: z
    .literal('sgd')
    .describe('Stochastic gradient descent with Nesterov momentum. Default: Adam.'),
  learningRate,
  momentum: z
    .number()
    .min(0)
    .lt(1)
    .default(0.9)
    .describe('Momentum of sgd: the decay of the running sum of gradients.'),
  weightDecay,
});

const optimizer = (what: string) => z.strictObject(adam).prefault({}).describe(what);

export const optimizers = z
  .strictObject({
    weights: z
      .union([z.strictObject({ ...adam, weightDecay }), sgd])
      .prefault({})
      .describe(
        'For weights and biases: Adam, or sgd (stochastic gradient descent with Nesterov momentum).',
      ),
    gates: optimizer('For the gates’ parameters phi.'),
    ranges: optimizer('For the quantizers’ ranges beta.'),
  })
  .prefault({})
  .describe('Optimizer settings for each kind of parameter: Adam, or sgd for weights and biases.');
