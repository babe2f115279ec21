import { z } from 'zod';

/** How parameters are moved: a part of the config. */

const learningRate = z
  .number()
  .positive()
  .default(1e-3)
  .describe(
    'Step size. Of Adam about how far one step moves a parameter, in its own unit; sgd takes it times the gradients’ mean, and larger ones.',
  );

const adam = {
  learningRate,
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

const weightDecay = z
  .number()
  .min(0)
  .default(0)
  .describe(
    'How fast weights shrink by themselves: each step takes this times the learning rate of them away (AdamW, SGDW).',
  );

const sgd = z.strictObject({
  name: z
    .literal('sgd')
    .describe('Stochastic gradient descent with Nesterov’s momentum; without a name, Adam.'),
  learningRate,
  momentum: z
    .number()
    .min(0)
    .lt(1)
    .default(0.9)
    .describe('Of sgd: how much of the gradients’ running sum each step keeps.'),
  weightDecay,
});

const optimizer = (what: string) => z.strictObject(adam).prefault({}).describe(what);

export const optimizers = z
  .strictObject({
    weights: z
      .union([z.strictObject({ ...adam, weightDecay }), sgd])
      .prefault({})
      .describe(
        'Of the network’s weights and biases: Adam; or, with a name, stochastic gradient descent with Nesterov’s momentum.',
      ),
    gates: optimizer('Of the gates’ parameters phi.'),
    ranges: optimizer('Of the quantizers’ ranges beta.'),
  })
  .prefault({})
  .describe(
    'Adam, with settings for each kind of parameter; of weights and biases another one, too.',
  );
