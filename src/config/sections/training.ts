import { z } from 'zod';
import { augmentationNames, augmentations } from '../../data/augmentations.js';
import { everything } from '../learnable.js';

/** How long training takes and what it moves: a part of the config. */
export const training = z
  .strictObject({
    epochs: z.int().min(1).default(100).describe('Passes over the training images.'),
    batchSize: z
      .int()
      .min(1)
      .default(128)
      .describe('Images in a step; the last step of an epoch takes those that remain.'),
    augmentation: z
      .enum(augmentationNames)
      .default('published')
      .describe(
        `What happens to training images. ${augmentationNames.map((name) => `${name}: ${augmentations[name].about}`).join('; ')}.`,
      ),
    schedule: z
      .union([
        z.enum(['published', 'constant', 'linear', 'cosine']),
        z.strictObject({
          milestones: z
            .array(z.int().min(1))
            .min(1)
            .max(100)
            .describe('Epochs after which the rate is multiplied by the factor.'),
          factor: z.number().positive().max(1).default(0.1).describe('At each milestone.'),
        }),
      ])
      .default('published')
      .describe(
        'The weights’ learning rate over the epochs: constant; falling to 0 in a line (linear) or a quarter of a wave (cosine), step by step; (published) constant for two thirds, then in a line towards 0, epoch by epoch; or milestones.',
      ),
    learns: z
      .array(z.enum(everything))
      .min(1)
      .max(4)
      .default([...everything])
      .describe(
        'What is trained, the rest stays as it starts: weights (with batch norms’ scales), biases (with their shifts), gates, ranges.',
      ),
    clipGradients: z
      .number()
      .positive()
      .exactOptional()
      .describe(
        'The largest norm of all gradients to weights and biases together: longer ones are shortened to it.',
      ),
    images: z
      .int()
      .min(1)
      .exactOptional()
      .describe(
        'How many of the training images are used, drawn by the seed; without it, all, or 1000 where from is given and neither weights nor biases learn.',
      ),
    batchNorm: z
      .enum(['updated', 'frozen'])
      .default('updated')
      .describe(
        'Batch norms normalise by each batch’s statistics and follow them, or (frozen) by the running ones they start with, which stay.',
      ),
    validationImages: z
      .int()
      .min(0)
      .default(0)
      .describe(
        'Training images that are held out, drawn by the seed, and evaluated after each epoch beside the test images.',
      ),
    cutoutPixels: z
      .int()
      .min(1)
      .max(4096)
      .exactOptional()
      .describe(
        'Side of a square at a random place of each training image that gets the data set’s mean (cutout); without it, none.',
      ),
    mixupAlpha: z
      .number()
      .min(0.01)
      .max(1)
      .exactOptional()
      .describe(
        'Mixes each training image and its label with another one of the batch, in a share that is drawn from Beta(alpha, alpha) (mixup).',
      ),
    labelSmoothing: z
      .number()
      .positive()
      .lt(1)
      .exactOptional()
      .describe('Share of each training label that all classes have in equal parts.'),
    averageWeights: z
      .number()
      .positive()
      .lt(1)
      .exactOptional()
      .describe(
        'Decay of a running mean of weights, biases and batch norms’ statistics over the steps, which is evaluated, kept and exported in their place.',
      ),
  })
  .prefault({})
  .describe('How long and in which portions.');
