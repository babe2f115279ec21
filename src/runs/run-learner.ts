import * as tf from '@tensorflow/tfjs-core';
import { startBackend } from '../backend/start.js';
import { prices } from '../bayesian-bits/prices.js';
import type { Dataset, Split } from '../data/dataset.js';
import { loadDataset } from '../data/load.js';
import { UserError } from '../errors.js';
import { deviceTensors } from '../nn/device-tensor.js';
import { evaluationSizes } from '../setup/batch-sizes.js';
import { createLearner, type Learner } from '../training/learner.js';
import { adamW } from '../training/optimizers/optimizers.js';
import { trainingSplits } from '../setup/training-splits.js';
import type { StoredRun } from './read-run.js';

/** A run's images as it had them. */
export interface RunData {
  readonly dataset: Dataset;
  readonly splits: Readonly<Record<SplitName, Split | undefined>>;
}

export type SplitName = 'test' | 'training' | 'validation';

/**
 * Starts the run's backend and reads its data set again from where the run had it.
 *
 * @throws UserError if it cannot be read, or is another one now
 */
export async function openRunData({ folder, config, dataset: had }: StoredRun): Promise<RunData> {
  const { backend, threads } = config;
  await startBackend(backend, threads === undefined ? {} : { threads });
  const dataset = await loadDataset(config.dataset);
  const { imageShape, classes } = dataset;
  if (imageShape.join() !== had.imageShape.join() || classes !== had.classes) {
    throw new UserError(
      `${folder}: expected images of ${had.imageShape.join('x')} in ${had.classes} classes, as the run had, ` +
        `found ${imageShape.join('x')} in ${classes}. Is the data set still the same?`,
    );
  }
  const { train, validation } = trainingSplits(dataset, config);
  return { dataset, splits: { test: dataset.test, training: train, validation } };
}

/** The run's network, for evaluations of so many images; the caller's to dispose. */
export function runLearner(run: StoredRun, counts: readonly number[], mode?: 'eager'): Learner {
  const { plan, config } = run;
  const initial = deviceTensors(run.weights);
  const learner = createLearner(
    {
      plan,
      gates: run.setups,
      price: prices[config.regularizer.weighting],
      optimizers: { ...config.optimizers, weights: adamW(config.optimizers.weights) },
      batchSizes: [],
      evaluationSizes: [...new Set(counts.flatMap(evaluationSizes))],
      rangeImages: 1,
      ...(mode === undefined ? {} : { mode }),
    },
    initial,
  );
  tf.dispose(initial);
  learner.setQuantizers(run.quantizers);
  return learner;
}
