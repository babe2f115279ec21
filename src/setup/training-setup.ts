import type { Config } from '../config/config.js';
import { randomCropAndFlip } from '../data/augment.js';
import type { ChangeImage } from '../data/batches.js';
import type { Dataset, Split } from '../data/dataset.js';
import { randomStream, type RandomStream } from '../random.js';
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
  const change = augmentation(config, dataset, streams.augmentation);
  return {
    plan: planFor(config.model, dataset),
    train,
    validation,
    batchSize,
    sizes,
    streams,
    makeTrainingBatch: batchMaker(dataset, Math.max(batchSize, rangeImages), change),
  };
}

function sizesToEvaluate(split: Split | undefined): number[] {
  return split ? evaluationSizes(split.count) : [];
}

function augmentation(
  { training }: Config,
  { imageShape, cropPadding }: Dataset,
  stream: RandomStream,
): ChangeImage | undefined {
  const paddings = { none: undefined, published: cropPadding, 'crop-and-flip': 4 };
  const padding = paddings[training.augmentation];
  if (padding === undefined) return undefined;
  return randomCropAndFlip(imageShape, padding, stream);
}
