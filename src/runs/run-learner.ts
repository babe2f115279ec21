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

/** A run's images as it had them. */
export interface RunData {
  readonly dataset: Dataset;
  readonly splits: Readonly<Record<SplitName, Split | undefined>>;
}

export type SplitName = 'test' | 'training' | 'validation';

/**
 * Starts the run's backend and reads its data set again.
 *
 * @param places where data and parent lie now, if elsewhere
 * @throws UserError if it cannot be read, or is not what the run was made with
 */
export async function openRunData(run: StoredRun, places: Places): Promise<RunData> {
  const { backend, threads } = run.config;
  await startBackend(backend, {
    ...asEvaluated(run.record, run.config),
    // As many as there are here, unless the config says how many: they need not be those of training.
    threads: threads ?? availableParallelism(),
  });
  return readRunData(run, places);
}

/** The same in a process whose backend runs. */
export async function readRunData(run: StoredRun, places: Places): Promise<RunData> {
  const dataset = await checkedData(run, places);
  const { train, validation } = trainingSplits(dataset, run.config);
  return { dataset, splits: { test: dataset.test, training: train, validation } };
}

/** The run's network, for evaluations of so many images; the caller's to dispose. */
export function runLearner(run: StoredRun, counts: readonly number[], mode?: 'eager'): Learner {
  return learnerOf(run, [...new Set(counts.flatMap(evaluationSizes))], mode);
}

/** The same, for evaluations of batches of these sizes. */
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
