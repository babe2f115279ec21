import type { Config } from '../config/config.js';
import { augmentations } from '../data/augmentations.js';
import type { Dataset, Split } from '../data/dataset.js';
import { placedBatch, placedImages, type PlacedBatch } from '../data/placed-images.js';
import { UserError } from '../errors.js';
import { randomStream, type RandomStream } from '../random.js';
import { batchMaker } from '../data/batch-maker.js';
import { cutout } from '../data/cutout.js';
import { softened, type StepBatch } from '../data/soft-labels/step-batch.js';
import { planFor } from './plan-for-config.js';
import { evaluationSizes, sizesOf, type PhaseSizes } from './batch-sizes.js';
import { trainingSplits } from './training-splits.js';

const mostRangeImages = 2;

export type TrainingSetup = ReturnType<typeof trainingSetup>;

/**
 * The parts of a training run that follow from its config and data alone.
 *
 * @throws UserError (exit code 2) if config and data do not fit
 */
export function trainingSetup(config: Config, dataset: Dataset) {
  const { seed, training } = config;
  const { train, validation } = trainingSplits(dataset, config);
  const batchSize = Math.min(training.batchSize, train.count);
  const rangeImages = Math.min(mostRangeImages, train.count);
  const sizes: PhaseSizes = {
    batchSizes: sizesOf(train.count, batchSize),
    evaluationSizes: [...new Set([dataset.test, validation].flatMap(sizesToEvaluate))],
    rangeImages,
    stepsPerEpoch: Math.ceil(train.count / batchSize),
  };
  const streams = {
    order: randomStream(seed, 'order of the images'),
    gates: randomStream(seed, 'gates'),
    augmentation: randomStream(seed, 'augmentation'),
  };
  const augment = augmenter(config, dataset, streams.augmentation);
  const { cutoutPixels } = training;
  const makeTrainingBatch = batchMaker(
    dataset,
    Math.max(batchSize, rangeImages),
    cutoutPixels === undefined
      ? augment
      : cutout(dataset, cutoutPixels, streams.augmentation, augment),
  );
  return {
    plan: planFor(config.model, dataset),
    train,
    validation,
    batchSize,
    sizes,
    streams,
    makeTrainingBatch,
    /** A training step's batch, with soft labels if the config asks for them. */
    makeStepBatch: (indices: Uint32Array): StepBatch | PlacedBatch => {
      const batch = makeTrainingBatch(train, indices);
      if (!hasSoftLabels(config)) return batch;
      return softened(batch, dataset.classes, training, streams.augmentation);
    },
    /** The images for the device; undefined if only the host can make the configured batches. */
    placeImages: () =>
      hasSoftLabels(config) || cutoutPixels !== undefined
        ? undefined
        : placedImages(dataset, train, augment),
    /** Batches of placed images, with the same draws as `makeTrainingBatch`. */
    makePlacedBatch: (indices: Uint32Array) => placedBatch(train, indices, augment?.crops),
  };
}

/** The configured augmentation. @throws UserError (exit code 2) for shiftPixels without a shift */
function augmenter({ training }: Config, dataset: Dataset, stream: RandomStream) {
  const { augmentation, shiftPixels } = training;
  const augment = augmentations[augmentation].changer(dataset, stream, shiftPixels);
  if (shiftPixels !== undefined && augment?.crops?.padding !== shiftPixels) {
    throw new UserError(
      `training.shiftPixels: found ${shiftPixels}, but training.augmentation=${augmentation} does not shift the ` +
        `images of ${dataset.name}. Set training.augmentation=shift or crop-and-flip, or leave shiftPixels out.`,
      2,
    );
  }
  return augment;
}

/** Whether training steps use soft labels rather than each image's class. */
export function hasSoftLabels({ training, teacher }: Config): boolean {
  const { labelSmoothing, mixupAlpha } = training;
  return labelSmoothing !== undefined || mixupAlpha !== undefined || teacher !== undefined;
}

function sizesToEvaluate(split: Split | undefined): number[] {
  return split ? evaluationSizes(split.count) : [];
}
