import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../compile/entry.js';
import type { Config } from '../config/config.js';
import type { Dataset } from '../data/dataset.js';
import { UserError } from '../errors.js';
import { deviceTensors } from '../nn/device-tensor.js';
import { planFor } from '../setup/plan-for-config.js';
import { createTrainer, type Trainer } from '../training/trainer.js';
import { readRun } from './read-run.js';

/**
 * A trainer before its first step, with the weights of the run that its config starts from, if any.
 *
 * @throws UserError (exit code 2) if that is a run of another network
 */
export async function newTrainer(config: Config, dataset: Dataset): Promise<Trainer> {
  if (config.from === undefined) return createTrainer(config, dataset);
  const weights = await startingWeights(config.from, config, dataset);
  const trainer = createTrainer(config, dataset, weights);
  tf.dispose(weights);
  return trainer;
}

/**
 * The weights and statistics of the run that a config starts from; the caller's to dispose.
 *
 * @throws UserError (exit code 2) if that is a run of another network
 */
async function startingWeights(
  folder: string,
  config: Config,
  dataset: Dataset,
): Promise<NamedTensors> {
  const { weights } = await readRun(folder);
  const plan = planFor(config.model, dataset);
  const start = [...plan.variables, ...plan.statistics].map(({ name, shape }) => {
    const stored = weights.get(name);
    if (stored?.shape.join() === shape.join()) return [name, stored] as const;
    const found = stored ? `[${stored.shape.join(', ')}]` : 'none';
    throw new UserError(
      `from: expected a run of the same network as model, ${plan.network}, with "${name}" of shape ` +
        `[${shape.join(', ')}], found ${found} in ${folder}. Name another run, or its model.`,
      2,
    );
  });
  return deviceTensors(start);
}
