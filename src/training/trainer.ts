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
import { allEpochs } from './epochs.js';
import { evaluateSplit, evaluationSizes, sizesOf, type SplitMetrics } from './evaluate.js';
import { fineTuningPhase } from './fine-tuning-phase.js';
import type { StepMetrics } from './learner.js';
import { mainPhase } from './main-phase.js';
import { fineTunedPlanFor, planFor } from './network-plan.js';
import type { Phase, PhaseSizes } from './phase.js';
import type { NetworkCost } from './network-cost.js';
import { testTimeCost, type QuantizerState } from './quantizer-state.js';
import { trainingSplits } from './training-splits.js';

/** An experiment in training: a config's network on its data. */
export interface Trainer {
  /** Of all phases. */
  readonly epochs: number;
  /** Training images that are used. */
  readonly images: number;
  readonly stepsPerEpoch: number;
  /**
   * Trains for one epoch; those after training's are of fine-tuning. It lets the event loop run once a step, so that signals arrive.
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
  /** Of the network as it is now: fine-tuning takes folded batch norms out of it. */
  plan(): Plan;
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
  const { seed, training } = config;
  const plan = planFor(config.model, dataset);
  const { test } = dataset;
  const { train, validation } = trainingSplits(dataset, config);
  const batchSize = Math.min(training.batchSize, train.count);
  const stepsPerEpoch = Math.ceil(train.count / batchSize);
  const sizes: PhaseSizes = {
    batchSizes: sizesOf(train.count, batchSize),
    evaluationSizes: [...new Set([test, validation].flatMap(sizesToEvaluate))],
    stepsPerEpoch,
  };
  const order = randomStream(seed, 'order of the images');
  const makeTrainingBatch = batchMaker(
    dataset,
    Math.max(batchSize, rangeImages),
    augmentation(config, dataset),
  );
  let phase = mainPhase(config, plan, sizes, imagesForRanges(), start);

  return {
    epochs: allEpochs(config),
    images: train.count,
    stepsPerEpoch,

    async trainEpoch(epoch, { signal, onStep }) {
      if (epoch === training.epochs + 1) startFineTuning();
      const before = epoch > training.epochs ? epoch - training.epochs - 1 : epoch - 1;
      let means = { loss: 0, crossEntropy: 0, regularizer: 0, accuracyPercent: 0 };
      let step = 0;
      let images = 0;
      for (const indices of epochBatches(train, batchSize, order)) {
        await setImmediate();
        signal?.throwIfAborted();
        const options = phase.beforeStep(before + step / stepsPerEpoch);
        step += 1;
        images += indices.length;
        const batch = makeTrainingBatch(train, indices);
        const metrics = phase.learner.step(batch, phase.noise, options);
        if (!Number.isFinite(metrics.loss)) throw diverged(epoch, step, metrics);
        means = updatedMeans(means, metrics, indices.length, images);
        onStep?.(step, means);
      }
      return means;
    },

    async evaluate(options) {
      const { learner } = phase;
      const on = (split: Split) =>
        evaluateSplit(dataset, split, (batch) => learner.evaluate(batch), options);
      const found = { test: await on(test) };
      return validation ? { ...found, validation: await on(validation) } : found;
    },

    plan: () => phase.plan,
    cost: () => testTimeCost(phase.plan, phase.learner.quantizers()),
    quantizers: () => phase.learner.quantizers(),
    weights: () => weightsOf(phase),
    dispose: () => {
      phase.learner.dispose();
    },
  };

  function startFineTuning(): void {
    const main = phase;
    const weights = weightsOf(main);
    phase = fineTuningPhase(config, main, weights, fineTunedPlanFor(config.model, dataset), sizes);
    tf.dispose(weights);
    main.learner.dispose();
  }

  /** The first images of a shuffled batch. */
  function imagesForRanges() {
    const stream = randomStream(seed, 'initial ranges');
    const chosen = shuffled(train.count, stream).subarray(0, rangeImages);
    return { images: makeTrainingBatch(train, chosen).images, count: chosen.length, stream };
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

function weightsOf({ plan, learner }: Phase): NamedTensors {
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
