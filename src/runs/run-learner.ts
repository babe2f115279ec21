import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import { startBackend } from '../backend/start.js';
import { prices } from '../bayesian-bits/prices.js';
import type { Places } from '../config/places.js';
import type { Dataset, Split } from '../data/dataset.js';
import { deviceTensors } from '../nn/device-tensor.js';
import { evaluationSizes } from '../setup/batch-sizes.js';
import { createLearner, type Learner } from '../training/learner.js';
import { namedOptimizer, weightOptimizer } from '../training/optimizers/optimizers.js';
import { trainingSplits } from '../setup/training-splits.js';
import { asEvaluated } from './identity/circumstances.js';
import { checkedData } from './checked-data.js';
import type { StoredRun } from './read-run.js';

/** A run's data set with its splits. */
export interface RunData {
  readonly dataset: Dataset;
  readonly splits: Readonly<Record<SplitName, Split | undefined>>;
}

export type SplitName = 'test' | 'training' | 'validation';

/**
 * Start the run's backend and read its data set again.
 *
 * @param places current folders of moved data, parent and teacher
 * @throws UserError if it cannot be read or differs from the run's
 */
export async function openRunData(run: StoredRun, places: Places): Promise<RunData> {
  const { backend, threads } = run.config;
  await startBackend(backend, {
    ...asEvaluated(run.record, run.config),
    // Unless the config sets threads, use all cores here: evaluation need not match training.
    threads: threads ?? availableParallelism(),
  });
  return readRunData(run, places);
}

/** Read the data set when the backend is already running. */
export async function readRunData(run: StoredRun, places: Places): Promise<RunData> {
  const dataset = await checkedData(run, places);
  const { train, validation } = trainingSplits(dataset, run.config);
  return { dataset, splits: { test: dataset.test, training: train, validation } };
}

/** Build the run's network for evaluating these numbers of images; the caller disposes of it. */
export function runLearner(run: StoredRun, counts: readonly number[], mode?: 'eager'): Learner {
  return learnerOf(run, [...new Set(counts.flatMap(evaluationSizes))], mode);
}

/** Build the run's network for evaluating batches of these sizes; the caller disposes of it. */
export function learnerOf(run: StoredRun, sizes: readonly number[], mode?: 'eager'): Learner {
  const { plan, config } = run;
  const initial = deviceTensors(run.weights);
  const learner = createLearner(
    {
      plan,
      gates: run.setups,
      price: prices[config.regularizer.weighting],
      optimizers: {
        ...config.optimizers,
        weights: weightOptimizer(namedOptimizer(config.optimizers.weights)),
      },
      batchSizes: [],
      evaluationSizes: sizes,
      rangeImages: 1,
      ...(mode === undefined ? {} : { mode }),
    },
    initial,
  );
  tf.dispose(initial);
  learner.setQuantizers(run.quantizers);
  return learner;
}
