import * as tf from '@tensorflow/tfjs-core';
import type { Config } from '../config/config.js';
import type { Dataset } from '../data/dataset.js';
import { UserError } from '../errors.js';
import type { SafeTensor } from '../files/safetensors.js';
import { deviceTensors } from '../nn/device-tensor.js';
import { planFor } from '../setup/plan-for-config.js';
import type { Teacher } from '../training/teacher.js';
import { createTrainer, type Trainer } from '../training/trainer.js';
import { readConfig } from './folder/config-file.js';
import { readRecord, type ParentRecord, type RunRecord } from './folder/record-file.js';
import { readResult } from './folder/result-file.js';
import { runOrigin, settingIdentity, type ParentOrigin } from './identity/run-origin.js';
import { readRun, type StoredRun } from './read-run.js';
import { weightsDigest } from './weights-digest.js';

/** Weights and running statistics of a parent run, and its entry in the child's record. */
export interface StartingWeights {
  readonly weights: ReadonlyMap<string, SafeTensor>;
  readonly parent: ParentRecord;
}

/**
 * Read the weights of a parent run.
 *
 * @returns undefined if the config starts from random weights
 * @throws UserError if the parent run cannot be read
 */
export async function startingWeights(from: Config['from']): Promise<StartingWeights | undefined> {
  if (from === undefined) return undefined;
  const run = await readRun(from);
  const { weights } = run;
  return { weights, parent: await originOf(run, weightsDigest(weights)) };
}

/** A record's entry about another run. @param weights digest of the parameters taken from it */
export async function originOf(
  { folder, config, record }: StoredRun,
  weights: string,
): Promise<ParentRecord> {
  return { weights, setting: await settingOf(folder, config, record), seed: config.seed };
}

/**
 * The known origin of a parent run, even if its weights were not kept.
 *
 * @throws UserError if it cannot be read
 */
export async function parentOrigin(folder: string): Promise<ParentOrigin> {
  const config = await readConfig(folder);
  const setting = await settingOf(folder, config, await readRecord(folder));
  return { folder, setting, seed: config.seed };
}

/** A record's entry about a teacher, without building its network. @throws UserError if it cannot be read */
export async function teacherOrigin(folder: string): Promise<ParentRecord> {
  const run = await readRun(folder);
  return originOf(run, teacherDigest(run));
}

/** Digest of everything that determines a teacher's logits, including ranges and gates. */
export function teacherDigest({ weights, quantizers }: StoredRun): string {
  const learned = quantizers.flatMap(({ site, beta, phi }): [string, SafeTensor][] => [
    [`${site.name}/beta`, { shape: [1], values: beta.value }],
    [`${site.name}/phi`, { shape: [phi.value.length], values: phi.value }],
  ]);
  return weightsDigest(new Map([...weights, ...learned]));
}

async function settingOf(
  folder: string,
  config: Config,
  record: RunRecord | undefined,
): Promise<string> {
  const result = await readResult(folder).catch(() => undefined);
  return settingIdentity(runOrigin(config, record, result?.extendedAfterEpochs));
}

/**
 * Create a trainer before its first step.
 *
 * @throws UserError (exit code 2) if the parent run has another network
 */
export function newTrainer(
  config: Config,
  dataset: Dataset,
  start: StartingWeights | undefined,
  teacher: Teacher | undefined,
): Trainer {
  if (start === undefined) return createTrainer(config, dataset, undefined, teacher);
  const weights = deviceTensors(fitting(start, config, dataset));
  const trainer = createTrainer(config, dataset, weights, teacher);
  tf.dispose(weights);
  return trainer;
}

/** Select the tensors of a config's network. */
function fitting(
  { weights }: StartingWeights,
  { model, from = '' }: Config,
  dataset: Dataset,
): [string, SafeTensor][] {
  const plan = planFor(model, dataset);
  return [...plan.variables, ...plan.statistics].map(({ name, shape }) => {
    const stored = weights.get(name);
    if (stored?.shape.join() === shape.join()) return [name, stored];
    const found = stored ? `[${stored.shape.join(', ')}]` : 'none';
    throw new UserError(
      `from: expected a run of the same network as model, ${plan.network}, with "${name}" of shape ` +
        `[${shape.join(', ')}], found ${found} in ${from}. Name another run, or set model as in that run.`,
      2,
    );
  });
}
