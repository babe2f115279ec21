import * as tf from '@tensorflow/tfjs-core';
import { setImmediate } from 'node:timers/promises';
import type { NamedTensors } from '../compile/program.js';
import type { Config } from '../config/config.js';
import { randomCropAndFlip } from '../data/augment.js';
import { epochBatches, type ChangeImage } from '../data/batches.js';
import type { Dataset, Split } from '../data/dataset.js';
import { DivergedError } from '../errors.js';
import type { Plan } from '../nn/plan.js';
import { randomStream, shuffled } from '../random.js';
import { batchMaker } from './batch-maker.js';
import { evaluateSplit, evaluationSizes, sizesOf, type SplitMetrics } from './evaluate.js';
import { setUpGates } from './gate-setup.js';
import { initialWeights } from './initial-weights.js';
import { createLearner, type Learner, type StepMetrics } from './learner.js';
import { planFor } from './network-plan.js';
import { networkCost, type NetworkCost } from './network-cost.js';
import {
  noNoise,
  testTimeQuantizers,
  uniformNoise,
  type QuantizerState,
} from './quantizer-state.js';
import { scheduleFactor, warmedUp } from './schedule.js';
import { trainingSplits } from './training-splits.js';

/** An experiment in training: a config's network on its data. */
export interface Trainer {
  readonly plan: Plan;
  readonly stepsPerEpoch: number;
  /**
   * Trains for one epoch. It lets the event loop run once a step, so that signals arrive.
   *
   * @param epoch from 1
   * @param onStep is called after each step, numbered from 1, with the means over the epoch so far
   * @throws DivergedError where the loss is no longer a number; the signal's reason once it is aborted
   */
  trainEpoch(
    epoch: number,
    options: { signal?: AbortSignal; onStep?: (step: number, soFar: EpochLosses) => void },
  ): Promise<EpochLosses>;
  /** The test images, and those held out for validation, with test-time gates. */
  evaluate(options: { signal?: AbortSignal }): Promise<Evaluations>;
  cost(): NetworkCost;
  quantizers(): readonly QuantizerState[];
  /** The network's variables and statistics, by name; the caller's to dispose. */
  weights(): NamedTensors;
  dispose(): void;
}

export interface Evaluations {
  readonly test: SplitMetrics;
  /** Only where images are held out. */
  readonly validation?: SplitMetrics;
}

/** Means over the training images of an epoch, or of its steps so far. */
export interface EpochLosses {
  readonly loss: number;
  readonly crossEntropy: number;
  readonly regularizer: number;
  readonly accuracyPercent: number;
}

const rangeImages = 2;

/** @param start the network's variables and statistics; without it they are random */
export function createTrainer(config: Config, dataset: Dataset, start?: NamedTensors): Trainer {
  const { seed, training, gates } = config;
  const plan = planFor(config.model, dataset);
  const { test } = dataset;
  const { train, validation } = trainingSplits(dataset, training, seed);
  const batchSize = Math.min(training.batchSize, train.count);
  const initial = start ?? initialWeights(plan, randomStream(seed, 'initial weights'));
  const learner = createLearner(
    {
      plan,
      gates: setUpGates(plan, config),
      weighting: config.regularizer.weighting,
      mu: config.mu,
      optimizers: config.optimizers,
      batchSizes: sizesOf(train.count, batchSize),
      evaluationSizes: [...new Set([test, validation].flatMap(sizesToEvaluate))],
      rangeImages: Math.min(rangeImages, train.count),
      learns: training.learns,
      clipGradients: training.clipGradients,
      batchNorm: training.batchNorm,
    },
    initial,
  );
  if (!start) tf.dispose(initial);

  const order = randomStream(seed, 'order of the images');
  const noiseStream = randomStream(seed, 'gates');
  const noise = gates.sampling === 'stochastic' ? uniformNoise(noiseStream) : noNoise;
  const makeTrainingBatch = batchMaker(
    dataset,
    Math.max(batchSize, rangeImages),
    augmentation(config, dataset),
  );
  initialiseRanges();
  const stepsPerEpoch = Math.ceil(train.count / batchSize);
  /** @param done epochs, parts included */
  const optionsAt = (done: number) => ({
    rateFactor: scheduleFactor(training.schedule, done, training.epochs),
    mu: warmedUp(config.mu, done, config.regularizer.warmUpEpochs),
  });

  return {
    plan,
    stepsPerEpoch,

    async trainEpoch(epoch, { signal, onStep }) {
      let means = { loss: 0, crossEntropy: 0, regularizer: 0, accuracyPercent: 0 };
      let step = 0;
      let images = 0;
      for (const indices of epochBatches(train, batchSize, order)) {
        await setImmediate();
        signal?.throwIfAborted();
        step += 1;
        images += indices.length;
        const batch = makeTrainingBatch(train, indices);
        const metrics = learner.step(
          batch,
          noise,
          optionsAt(epoch - 1 + (step - 1) / stepsPerEpoch),
        );
        if (!Number.isFinite(metrics.loss)) throw diverged(epoch, step, metrics);
        means = updatedMeans(means, metrics, indices.length, images);
        onStep?.(step, means);
      }
      return means;
    },

    async evaluate(options) {
      const on = (split: Split) =>
        evaluateSplit(dataset, split, (batch) => learner.evaluate(batch), options);
      const found = { test: await on(test) };
      return validation ? { ...found, validation: await on(validation) } : found;
    },

    cost: () => networkCost(plan, testTimeQuantizers(learner.quantizers())),
    quantizers: () => learner.quantizers(),
    weights: () => weightsOf(plan, learner),
    dispose: () => {
      learner.dispose();
    },
  };

  /** From the first images of a shuffled batch, in training mode. */
  function initialiseRanges(): void {
    const stream = randomStream(seed, 'initial ranges');
    const chosen = shuffled(train.count, stream).subarray(0, rangeImages);
    const sampled = gates.sampling === 'stochastic' ? uniformNoise(stream) : noNoise;
    learner.initialiseRanges(makeTrainingBatch(train, chosen).images, sampled);
  }
}

/** @param batch images in this step @param images in the epoch so far */
function updatedMeans(
  means: EpochLosses,
  { loss, crossEntropy, regularizer, correct }: StepMetrics,
  batch: number,
  images: number,
): EpochLosses {
  const updated = (mean: number, value: number) => mean + (value - mean) * (batch / images);
  return {
    loss: updated(means.loss, loss),
    crossEntropy: updated(means.crossEntropy, crossEntropy),
    regularizer: updated(means.regularizer, regularizer),
    accuracyPercent: updated(means.accuracyPercent, (100 * correct) / batch),
  };
}

function sizesToEvaluate(split: Split | undefined): number[] {
  return split ? evaluationSizes(split.count) : [];
}

function augmentation(
  { seed, training }: Config,
  { imageShape, cropPadding }: Dataset,
): ChangeImage | undefined {
  const paddings = { none: undefined, published: cropPadding, 'crop-and-flip': 4 };
  const padding = paddings[training.augmentation];
  if (padding === undefined) return undefined;
  return randomCropAndFlip(imageShape, padding, randomStream(seed, 'augmentation'));
}

function weightsOf(plan: Plan, learner: Learner): NamedTensors {
  const names = new Set([...plan.variables, ...plan.statistics].map(({ name }) => name));
  const weights: NamedTensors = {};
  for (const [name, tensor] of Object.entries(learner.state())) {
    if (names.has(name)) weights[name] = tensor;
    else tensor.dispose();
  }
  return weights;
}

function diverged(epoch: number, step: number, { crossEntropy }: StepMetrics): DivergedError {
  return new DivergedError(
    `Training diverged in epoch ${epoch}, step ${step}: the cross entropy is ${crossEntropy}, expected a ` +
      'finite number. Try smaller learning rates (optimizers.weights.learningRate and the others).',
  );
}
