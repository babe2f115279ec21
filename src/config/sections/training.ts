import { z } from 'zod';
import { augmentationNames, augmentations } from '../../data/augmentations.js';
import { everything } from '../learnable.js';

/** The config section of training. */
export const training = z
  .strictObject({
    epochs: z.int().min(1).default(100).describe('Passes over the training images.'),
    batchSize: z
      .int()
      .min(1)
      .default(128)
      .describe('Batch size: images per step; the last step of an epoch takes the rest.'),
    augmentation: z
      .enum(augmentationNames)
      .default('published')
      .describe(
        `Augmentation of training images. ${augmentationNames.map((name) => `${name}: ${augmentations[name].about}`).join('; ')}.`,
      ),
    schedule: z
      .union([
        z.enum(['published', 'constant', 'linear', 'cosine']),
        z.strictObject({
          milestones: z
            .array(z.int().min(1))
            .min(1)
            .max(100)
            .describe('Epochs after which the learning rate is multiplied by the factor.'),
          factor: z
            .number()
            .positive()
            .max(1)
            .default(0.1)
            .describe('Factor by which the learning rate is multiplied at each milestone.'),
        }),
      ])
      .default('published')
      .describe(
        'The weights’ learning rate over the epochs. constant; linear or cosine: decaying to 0, step by step; published: constant for two thirds, then linear decay towards 0, epoch by epoch; or milestones.',
      ),
    learns: z
      .array(z.enum(everything))
      .min(1)
      .max(4)
      .default([...everything])
      .describe(
        'The trained parameters: weights (with batch norms’ scales), biases (with batch norms’ shifts), gates, ranges. All others keep their initial values.',
      ),
    clipGradients: z
      .number()
      .positive()
      .exactOptional()
      .describe(
        'Gradient clipping: the maximum of the global norm of the gradients of weights and biases.',
      ),
    images: z
      .int()
      .min(1)
      .exactOptional()
      .describe(
        'Number of training images to use, drawn by the seed. Default: all; 1000 if "from" is set and no weights or biases learn.',
      ),
    batchNorm: z
      .enum(['updated', 'frozen'])
      .default('updated')
      .describe(
        'Batch norms in training. updated: normalize by each batch’s statistics and update the running ones; frozen: normalize by the initial running statistics, which do not change.',
      ),
    validationImages: z
      .int()
      .min(0)
      .default(0)
      .describe(
        'Number of training images held out for validation, drawn by the seed and evaluated after each epoch.',
      ),
    shiftPixels: z
      .int()
      .min(1)
      .max(64)
      .exactOptional()
      .describe('The largest random shift, in pixels, of an augmentation that shifts. Default: 4.'),
    cutoutPixels: z
      .int()
      .min(1)
      .max(4096)
      .exactOptional()
      .describe(
        'Cutout: set a square with sides of this many pixels, at a random place of each training image, to the data set’s mean. Default: none.',
      ),
    mixupAlpha: z
      .number()
      .min(0.01)
      .max(1)
      .exactOptional()
      .describe(
        'Mixup: mix each training image and its label with another one of the batch, in a proportion drawn from Beta(alpha, alpha).',
      ),
    labelSmoothing: z
      .number()
      .positive()
      .lt(1)
      .exactOptional()
      .describe(
        'Label smoothing: the fraction of each training label that is spread evenly over all classes.',
      ),
    averageWeights: z
      .number()
      .positive()
      .lt(1)
      .exactOptional()
      .describe(
        'Decay of an exponential moving average of weights, biases and batch norms’ statistics, which replaces them in evaluation and export.',
      ),
  })
  .prefault({})
  .describe('Length of training, batches, augmentation and schedule.');
