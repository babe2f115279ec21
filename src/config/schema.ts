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
 * The config of a training run, defined once: types, defaults, validation, documentation
 * (docs/configuration.md) and JSON Schema (configs/schema.json) are derived from it. Every key has a
 * description; formatted configs keep the order of the keys.
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
    'Initial values of the gates’ parameters phi, by bit width: a gate is almost always open at 6, and almost always shut at -6.',
  );

const datasetName = z.enum(datasetNames);

const path = line.describe(
  'Folder with the data set’s files: needed for your own data set, and for a named one whose files are not in its usual folder. A relative path is resolved against the config’s folder or, on the command line, against the current folder.',
);

const perChannel = (value: z.ZodNumber) => z.array(value).min(1).max(16).exactOptional();

const dataset = z
  .union([
    z.strictObject({
      name: datasetName.describe('Name of the data set.'),
      path: path.exactOptional(),
    }),
    z.strictObject({
      path,
      classes: z
        .int()
        .min(2)
        .max(256)
        .describe('For your own data set: the number of classes; labels count from 0.'),
      mean: perChannel(z.number().min(0).max(1)).describe(
        'For your own data set: the mean to subtract from each channel, for pixels in [0, 1]. Default: 0.',
      ),
      std: perChannel(z.number().positive().max(1)).describe(
        'For your own data set: the standard deviation to divide each channel by. Default: 1.',
      ),
    }),
  ])
  .describe(
    'The data set: its name; a mapping with its name and the folder of its files; or a mapping that describes your own data set.',
  );

const modelName = z.enum(Object.keys(models) as ModelName[]);

const model = z
  .union([
    z.strictObject({
      name: modelName.describe('Name of the network.'),
      width: z
        .number()
        .positive()
        .max(16)
        .default(1)
        .describe('Width multiplier: scales the channels of every layer except the last.'),
      batchNorm: batchNormKind
        .default('folded')
        .describe(
          'Batch norm with quantized weights. folded: as published, computing each layer twice in training; unfolded: computing it once.',
        ),
    }),
    z.strictObject({
      layers: layers.describe('The layers of your own network, in order.'),
      initialWeights: initialWeights
        .default('uniform')
        .describe(
          'Initialization of your own network. uniform: weights and biases uniform in ±1/sqrt(fan-in); he-normal: weights normal with standard deviation sqrt(2/fan-in), biases 0.',
        ),
    }),
  ])
  .describe(
    'The network: its name; a mapping with its name and options; or a mapping with the layers of your own network.',
  );

export const configSchema = z
  .strictObject({
    dataset,
    model,
    from: line
      .exactOptional()
      .describe(
        'Folder of a finished run of the same model whose weights replace the random initial ones; gates and ranges start anew. A relative path is resolved against the config’s folder or, on the command line, against the current folder.',
      ),
    teacher: z
      .strictObject({
        run: line.describe(
          'Folder of a finished run on the same data whose network is the teacher; teacher: FOLDER is short for it. Relative paths are resolved as for "from".',
        ),
        temperature: z
          .number()
          .positive()
          .default(4)
          .describe('The temperature: both networks’ logits are divided by it.'),
        weight: z
          .number()
          .positive()
          .max(1)
          .default(0.9)
          .describe(
            'The weight of the teacher’s term in the loss; the labels’ term has 1 minus this weight.',
          ),
      })
      .exactOptional()
      .describe('Distillation: the loss also compares the logits with those of a trained network.'),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(1)
      .describe(
        'The seed of all random numbers: initial weights, the order of the images, the gates’ noise.',
      ),
    backend: z
      .enum(['auto', 'native-gpu', 'native-cpu', 'wasm'])
      .default('auto')
      .describe(
        'The backend: native TensorFlow on a GPU or the CPU, or WebAssembly, which needs no installation and is slower. auto: the first of these that is available.',
      ),
    threads: z
      .int()
      .min(1)
      .exactOptional()
      .describe('Number of TensorFlow threads. Default: one per core. WebAssembly uses one.'),
    tf32: z
      .boolean()
      .exactOptional()
      .describe(
        'Whether an NVIDIA GPU may multiply in TF32, with 11 bits of mantissa, which is faster. Default: true. It has no effect on other devices.',
      ),
    mu: z
      .number()
      .min(0)
      .default(0.1)
      .describe(
        'Strength of the regularizer: the loss is cross entropy + mu * regularizer, so a larger mu leads to fewer bits and channels.',
      ),
    target: z
      .strictObject({
        relativeBopsPercent: z
          .number()
          .positive()
          .max(100)
          .describe('The maximum number of bit operations, in percent of those at 32 bits.'),
      })
      .exactOptional()
      .describe(
        'A budget: training adjusts the strength of the regularizer, in units of mu, so that the finished network meets it.',
      ),
    quantization,
    gates: z
      .strictObject({
        sampling: z
          .enum(['stochastic', 'deterministic'])
          .default('stochastic')
          .describe(
            'Gates in training. stochastic: sampled in every step; deterministic: without noise.',
          ),
        distribution: z
          .enum(Object.keys(gateDistributions) as GateDistributionName[])
          .default(defaultGateDistribution)
          .describe('The distribution of the gates.'),
        initialPhi,
        frozenShare: z
          .number()
          .positive()
          .lt(1)
          .exactOptional()
          .describe(
            'The final fraction of training.epochs in which every gate is fixed as at test time while weights and ranges adapt. Default: none.',
          ),
      })
      .prefault({})
      .describe('The gates of bit widths and channels.'),
    regularizer: z
      .strictObject({
        weighting: z
          .enum(Object.keys(prices) as PriceName[])
          .default('bops')
          .describe(
            'The price of open gates. bops: each tensor’s bits times its multiply-accumulates; constant: 1 for every width (both as published); expected-bops: the expected bit operations of the whole network, in percent.',
          ),
        warmUpEpochs: z
          .number()
          .min(0)
          .default(0)
          .describe('Warm-up epochs, in which mu rises linearly from 0, step by step.'),
      })
      .prefault({})
      .describe('The regularizer, a price of open gates.'),
    optimizers,
    training,
    fineTuning,
  })
  .meta({ title: 'bbits config', description: 'A training run of bbits.' });

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/** A config with all defaults. Keys without a fixed default, such as `from` or `threads`, may be absent. */
export type Config = DeepReadonly<z.output<typeof configSchema>>;
