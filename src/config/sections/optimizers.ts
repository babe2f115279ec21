import { z } from 'zod';

/** How parameters are moved: a part of the config. */

const adam = {
  learningRate: z
    .number()
    .positive()
    .default(1e-3)
    .describe('Step size: about how far one step moves a parameter, in the parameter’s own unit.'),
  beta1: z
    .number()
    .min(0)
    .lt(1)
    .default(0.9)
    .describe('How much of the running mean of the gradient each step keeps.'),
  beta2: z
    .number()
    .min(0)
    .lt(1)
    .default(0.999)
    .describe('How much of the running mean of the squared gradient each step keeps.'),
  epsilon: z
    .number()
    .positive()
    .default(1e-8)
    .describe('Added to the root of the squared gradient’s mean, after its bias correction.'),
};

const optimizer = (what: string) => z.strictObject(adam).prefault({}).describe(what);

export const optimizers = z
  .strictObject({
    weights: z
      .strictObject({
        ...adam,
        weightDecay: z
          .number()
          .min(0)
          .default(0)
          .describe(
            'How fast weights shrink by themselves: each step takes this times the learning rate of them away (AdamW).',
          ),
      })
      .prefault({})
      .describe('Of the network’s weights and biases.'),
    gates: optimizer('Of the gates’ parameters phi.'),
    ranges: optimizer('Of the quantizers’ ranges beta.'),
  })
  .prefault({})
  .describe('Adam, with settings for each kind of parameter.');
