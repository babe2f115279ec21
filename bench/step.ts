import * as tf from '@tensorflow/tfjs-core';
import type { PriceOf } from '../src/bayesian-bits/price.js';
import { prices } from '../src/bayesian-bits/prices.js';
import { randomCropAndFlip } from '../src/data/crop-and-flip.js';
import type { Dataset } from '../src/data/dataset.js';
import { models } from '../src/models/models.js';
import { planNetwork } from '../src/nn/plan-network.js';
import { randomStream, shuffled } from '../src/random.js';
import { batchMaker, type Batch } from '../src/data/batch-maker.js';
import { placedBatch, placedImages, type PlacedBatch } from '../src/data/placed-images.js';
import { withoutOwnKernels } from '../test/helpers/own-kernels.js';
import { learnedGates } from '../test/helpers/learned-gates.js';
import { initialWeights } from '../src/training/initial-weights.js';
import { createLearner, type GivenStep } from '../src/training/learner.js';
import { adamW } from '../src/training/optimizers/optimizers.js';
import { noNoise, uniformNoise } from '../src/training/quantizer-state.js';
import type { Setting, Suite } from './suites.js';

const adam = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

export interface Measured {
  /** One training step in a call of its own: data, forward, backward, all updates. */
  step(): void;
  /** Several steps in one call, at most `mostSteps`, as in `bbits train`. */
  steps(count: number): void;
  /** Maximum number of steps in one call: several under XLA, otherwise one. */
  readonly mostSteps: number;
  /** The two parts of `step`. */
  nextBatch(): Batch | PlacedBatch;
  train(batch: Batch | PlacedBatch): void;
  /** Evaluate a thousand images with test-time gates. */
  evaluate(): void;
  dispose(): void;
}

/** The price in BOPs without its device implementation, so that gates stay on the host. */
const inPlainNumbers: PriceOf = (network, quantizers) => {
  const price = prices.bops(network, quantizers);
  return (open) => price(open);
};

/** Random images: their values do not affect the time. */
export function noiseDataset({ imageShape, batchSize }: Suite): Dataset {
  const stream = randomStream(1, 'bench');
  const count = Math.max(8 * batchSize, 1000);
  const images = Uint8Array.from({ length: count * imageShape.reduce((a, b) => a * b) }, () =>
    stream.integer(256),
  );
  const split = {
    images,
    labels: Uint8Array.from({ length: count }, () => stream.integer(10)),
    count,
  };
  const channels = imageShape.slice(2).flatMap((count) => new Array<number>(count).fill(0.5));
  return {
    name: 'noise',
    train: split,
    test: split,
    imageShape,
    classes: 10,
    files: [],
    mean: channels,
    std: channels,
  };
}

/** A network in training with one setting; its gates do not change. */
export function measured(suite: Suite, setting: Setting, dataset: Dataset): Measured {
  return setting.plain
    ? withoutOwnKernels(() => measuredAsLoaded(suite, setting, dataset))
    : measuredAsLoaded(suite, setting, dataset);
}

function measuredAsLoaded(suite: Suite, setting: Setting, dataset: Dataset): Measured {
  const { model, width, imageShape, batchSize } = suite;
  const { phi, batchNorm, mode } = setting;
  const plan = planNetwork(models[model]({ classes: 10, width, batchNorm }), imageShape);
  const stream = randomStream(1, 'bench');
  const initial = initialWeights(plan, stream);
  const { narrow = 0, wide = 0 } = phi ?? {};
  const isColor = imageShape[2] === 3;
  const change = isColor ? randomCropAndFlip(imageShape, 4, stream) : undefined;
  // Under XLA, the images are on the device, as in a run.
  const placed = mode === 'xla' ? placedImages(dataset, dataset.train, change) : undefined;
  const learner = createLearner(
    {
      plan,
      gates: phi
        ? learnedGates(plan.quantizers, { 2: narrow, 4: narrow, 8: narrow, 16: wide, 32: wide })
        : [],
      price: setting.gatesOnHost ? inPlainNumbers : prices.bops,
      optimizers: { weights: adamW(adam), gates: { ...adam, learningRate: 1e-30 }, ranges: adam },
      batchSizes: [batchSize],
      evaluationSizes: suite.stepsOnly ? [] : [evaluationBatch],
      rangeImages: 2,
      placed,
      mode,
    },
    initial,
  );
  tf.dispose(initial);
  const largest = Math.max(batchSize, evaluationBatch);
  const makeBatch = batchMaker(dataset, largest, change);
  const noise = setting.noise ? uniformNoise(stream) : noNoise;
  const order = shuffled(dataset.train.count, stream);
  learner.initializeRanges(makeBatch(dataset.train, order.subarray(0, 2)).images, noise);
  let at = 0;

  function nextBatch(): Batch | PlacedBatch {
    at = at + batchSize > order.length ? 0 : at;
    const indices = order.subarray(at, at + batchSize);
    at += batchSize;
    return placed
      ? placedBatch(dataset.train, indices, change?.crops)
      : makeBatch(dataset.train, indices);
  }

  function* given(count: number): Generator<GivenStep> {
    for (let step = 0; step < count; step++) yield { batch: nextBatch(), options: { mu: 0.01 } };
  }

  function train(batch: Batch | PlacedBatch): void {
    learner.step(batch, noise, { mu: 0.01 });
  }

  return {
    nextBatch,
    train,
    step() {
      train(nextBatch());
    },
    steps(count) {
      learner.steps(given(count), noise);
    },
    mostSteps: learner.mostSteps(batchSize),
    evaluate() {
      for (let from = 0; from + evaluationBatch <= 1000; from += evaluationBatch) {
        const indices = Uint32Array.from({ length: evaluationBatch }, (_, i) => from + i);
        learner.evaluate(makeBatch(dataset.test, indices));
      }
    },
    dispose() {
      learner.dispose();
    },
  };
}

const evaluationBatch = 250;
