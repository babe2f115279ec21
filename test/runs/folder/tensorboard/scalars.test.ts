import { expect, test } from 'vitest';
import { hardConcrete } from '../../../../src/bayesian-bits/hard-concrete.js';
import { epochScalars } from '../../../../src/runs/folder/tensorboard/scalars.js';

/** At this phi, (2/3) log(0.1 / 1.1), a gate is open with probability 1/2. */
const half = (2 / 3) * Math.log(0.1 / 1.1);

test('an epoch has its losses, accuracies and BOPs, and every figure of each quantizer', () => {
  const scalars = epochScalars(
    {
      epoch: 3,
      loss: 1,
      crossEntropy: 2,
      regularizer: 3,
      trainAccuracyPercent: 4,
      testCrossEntropy: 5,
      testAccuracyPercent: 6,
      relativeBopsPercent: 7,
      gbops: 8,
      quantizers: [
        {
          name: 'conv1/weight',
          bits: 4,
          keptChannels: 3,
          beta: 0.25,
          phi: { 2: [half, 100, 100, -100], 4: 100, 8: half, 16: half, 32: -100 },
        },
        {
          name: 'conv1/activation',
          bits: 2,
          beta: 1.5,
          phi: { 4: half, 8: 0, 16: half, 32: half },
        },
      ],
    },
    hardConcrete,
  );
  const values = Object.fromEntries(
    scalars.map(({ tag, value }) => [tag, Number(value.toFixed(9))]),
  );
  expect(scalars).toHaveLength(Object.keys(values).length);
  expect(values).toEqual({
    'loss/loss': 1,
    'loss/crossEntropy': 2,
    'loss/regularizer': 3,
    'loss/testCrossEntropy': 5,
    'accuracy/trainPercent': 4,
    'accuracy/testPercent': 6,
    'bops/relativePercent': 7,
    'bops/gbops': 8,
    'bits/conv1/weight': 4,
    'range/conv1/weight': 0.25,
    'keptChannelsPercent/conv1/weight': 75,
    'gates/conv1/weight/channels': 0.625,
    'gates/conv1/weight/4bits': 1,
    'gates/conv1/weight/8bits': 0.5,
    'gates/conv1/weight/16bits': 0.5,
    'gates/conv1/weight/32bits': 0,
    'bits/conv1/activation': 2,
    'range/conv1/activation': 1.5,
    'gates/conv1/activation/4bits': 0.5,
    'gates/conv1/activation/8bits': 0.831822184,
    'gates/conv1/activation/16bits': 0.5,
    'gates/conv1/activation/32bits': 0.5,
  });
});
