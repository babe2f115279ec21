import { z } from 'zod';
import {
  defaultGateDistribution,
  gateDistributions,
  type GateDistributionName,
} from '../bayesian-bits/gate-distributions.js';
import { prices, type PriceName } from '../bayesian-bits/prices.js';
import { datasetNames } from '../data/datasets/datasets.js';
import { models, type ModelName } from '../models/models.js';
import { fineTuning } from './sections/fine-tuning.js';
import { batchNormKind, initialWeights, layers } from './sections/layers.js';
import { optimizers } from './sections/optimizers.js';
import { quantization } from './sections/quantization.js';
import { line } from './sections/text.js';
import { training } from './sections/training.js';

/**
 * The config of a training run, described once: its types, defaults, validation, documentation
 * (docs/configuration.md) and JSON Schema (configs/schema.json) all come from here. Every key has a
 * sentence of documentation; the order of the keys is that of formatted configs.
 */

const phi = (start: number, what: string) => z.number().default(start).describe(what);

const initialPhi = z
  .strictObject({
    2: phi(6, 'The output channels’ gates: every channel that can be dropped has one.'),
    4: phi(6, 'The gate from 2 to 4 bits.'),
    8: phi(6, 'The gate from 4 to 8 bits.'),
    16: phi(-6, 'The gate from 8 to 16 bits.'),
    32: phi(-6, 'The gate from 16 to 32 bits.'),
  })
  .prefault({})
  .describe(
    'Where the gates’ parameters phi start, by bit width: a gate is open nearly always at 6, shut nearly always at -6.',
  );

const datasetName = z.enum(datasetNames);

const path = line.describe(
  'Folder with the data set’s files: instead of the usual places, or of a data set of your own. In a file it is relative to that file’s folder, on the command line to the current one.',
);

const perChannel = (value: z.ZodNumber) => z.array(value).min(1).max(16).exactOptional();

const dataset = z
  .union([
    z.strictObject({
      name: datasetName.describe('Which data set.'),
      path: path.exactOptional(),
    }),
    z.strictObject({
      path,
      classes: z
        .int()
        .min(2)
        .max(256)
        .describe('Of a data set of your own: how many classes it has; labels count from 0.'),
      mean: perChannel(z.number().min(0).max(1)).describe(
        'Of a data set of your own: what is subtracted from each channel, where pixels go from 0 to 1; without it, 0.',
      ),
      std: perChannel(z.number().positive().max(1)).describe(
        'Of a data set of your own: what each channel is divided by then; without it, 1.',
      ),
    }),
  ])
  .describe(
    'The images to learn: a name; a mapping with the name and the folder of its files; or a mapping that describes a data set of your own.',
  );

const modelName = z.enum(Object.keys(models) as ModelName[]);

const model = z
  .union([
    z.strictObject({
      name: modelName.describe('Which network.'),
      width: z
        .number()
        .positive()
        .max(16)
        .default(1)
        .describe('Multiplies the channels of every layer but the last.'),
      batchNorm: batchNormKind
        .default('folded')
        .describe(
          'How batch norm and quantized weights go together: folded is as published and computes each layer twice in training; unfolded once.',
        ),
    }),
    z.strictObject({
      layers: layers.describe('The layers of a network of your own, in order.'),
      initialWeights: initialWeights
        .default('uniform')
        .describe(
          'Of a network of your own: how weights start. uniform: within 1/sqrt(n) of 0, for n inputs, biases too; he-normal: normal with the standard deviation sqrt(2/n), biases 0.',
        ),
    }),
  ])
  .describe(
    'The network to train: a name; a mapping with the name and its options; or a mapping with the layers of a network of your own.',
  );

export const configSchema = z
  .strictObject({
    dataset,
    model,
    from: line
      .exactOptional()
      .describe(
        'Folder of a finished run of the same model: its weights are the start, instead of random ones; gates and ranges start anew. In a file it is relative to that file’s folder, on the command line to the current one.',
      ),
    teacher: z
      .strictObject({
        run: line.describe(
          'Folder of a finished run on the same data, whose network teaches this one; teacher: FOLDER says it alone. Relative as from is.',
        ),
        temperature: z
          .number()
          .positive()
          .default(4)
          .describe('What the logits of both are divided by, before they are compared.'),
        weight: z
          .number()
          .positive()
          .max(1)
          .default(0.9)
          .describe('Share of the loss that compares with the teacher; the rest is about labels.'),
      })
      .exactOptional()
      .describe('Distillation: the loss also compares with what a trained network says.'),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(1)
      .describe(
        'The start of all randomness: initial weights, the order of the images, the gates’ noise.',
      ),
    backend: z
      .enum(['auto', 'native-gpu', 'native-cpu', 'wasm'])
      .default('auto')
      .describe(
        'What computes: native TensorFlow on a GPU or the CPU, or WebAssembly, which needs nothing installed and is slower. auto takes the first of these that there is.',
      ),
    threads: z
      .int()
      .min(1)
      .exactOptional()
      .describe(
        'How many threads TensorFlow computes with; without it, one for every core. WebAssembly has one.',
      ),
    tf32: z
      .boolean()
      .exactOptional()
      .describe(
        'Whether an NVIDIA GPU may multiply with the 11 bits of mantissa of TF32, which is faster; without it, it may. Elsewhere it decides nothing.',
      ),
    mu: z
      .number()
      .min(0)
      .default(0.1)
      .describe(
        'Strength of the regularizer: the loss is cross entropy + mu * regularizer, so a larger mu gives fewer bits and channels.',
      ),
    target: z
      .strictObject({
        relativeBopsPercent: z
          .number()
          .positive()
          .max(100)
          .describe('At most so many bit operations, in percent of those at 32 bits.'),
      })
      .exactOptional()
      .describe(
        'A budget: mu is moved in training, as a unit of strength, so that the finished network meets it.',
      ),
    quantization,
    gates: z
      .strictObject({
        sampling: z
          .enum(['stochastic', 'deterministic'])
          .default('stochastic')
          .describe('Gates in training: drawn anew in every step, or without noise.'),
        distribution: z
          .enum(Object.keys(gateDistributions) as GateDistributionName[])
          .default(defaultGateDistribution)
          .describe('What the gates are drawn from.'),
        initialPhi,
        frozenShare: z
          .number()
          .positive()
          .lt(1)
          .exactOptional()
          .describe(
            'Share of training.epochs at their end in which every gate stays as at test time, and weights and ranges adapt; without it, none.',
          ),
      })
      .prefault({})
      .describe('The gates that switch bit widths and channels on and off.'),
    regularizer: z
      .strictObject({
        weighting: z
          .enum(Object.keys(prices) as PriceName[])
          .default('bops')
          .describe(
            'What is paid for: each tensor’s bits by its multiply-accumulates (bops), or 1 for every width (constant), as published; or the expected bit operations of the whole network, in percent (expected-bops).',
          ),
        warmUpEpochs: z
          .number()
          .min(0)
          .default(0)
          .describe('Epochs in which mu rises in a line from 0, step by step.'),
      })
      .prefault({})
      .describe('The price of open gates.'),
    optimizers,
    training,
    fineTuning,
  })
  .meta({ title: 'bbits config', description: 'A training run of bbits.' });

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/** A config with every default filled in. Only what may be left to the machine can be absent. */
export type Config = DeepReadonly<z.output<typeof configSchema>>;
