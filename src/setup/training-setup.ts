import type { Config } from '../config/config.js';
import { augmentations } from '../data/augmentations.js';
import type { Dataset, Split } from '../data/dataset.js';
import { placedBatch, placedImages } from '../data/placed-images.js';
import { randomStream } from '../random.js';
import { batchMaker } from '../data/batch-maker.js';
import { planFor } from './plan-for-config.js';
import { evaluationSizes, sizesOf, type PhaseSizes } from './batch-sizes.js';
import { trainingSplits } from './training-splits.js';

const mostRangeImages = 2;

export type TrainingSetup = ReturnType<typeof trainingSetup>;

/** What of a training follows from its config and data alone, before its first step. */
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
  const change = augmentations[training.augmentation].changer(dataset, streams.augmentation);
  return {
    plan: planFor(config.model, dataset),
    train,
    validation,
    batchSize,
    sizes,
    streams,
    makeTrainingBatch: batchMaker(dataset, Math.max(batchSize, rangeImages), change),
    /** For a device; undefined where only the host can change images as the config says. */
    placeImages: () => placedImages(dataset, train, change),
    /** Of images that were placed; it draws what `makeTrainingBatch` draws. */
    makePlacedBatch: (indices: Uint32Array) => placedBatch(train, indices, change?.crops),
  };
}

function sizesToEvaluate(split: Split | undefined): number[] {
  return split ? evaluationSizes(split.count) : [];
}
