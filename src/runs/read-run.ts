import { join } from 'node:path';
import type { Config } from '../config/config.js';
import { UserError } from '../errors.js';
import type { Plan } from '../nn/plan.js';
import type { PhaseName } from '../setup/epochs.js';
import { setUpGates, type SiteSetup } from '../setup/gate-setup.js';
import { planFor, runPlan } from '../setup/plan-for-config.js';
import {
  initQuantizers,
  phiOf,
  withBeta,
  withPhi,
  type QuantizerState,
} from '../training/quantizer-state.js';
import type { SafeTensor } from '../files/safetensors.js';
import { counted } from '../text/counted.js';
import { configFile, readConfig } from './folder/config-file.js';
import { readRecord, recordFile, type RunRecord } from './folder/record-file.js';
import { readWeights, weightsFile, type StoredWeights } from './folder/weights-file.js';
import { latestFigures } from './latest-figures.js';
import { summarizeRun } from './run-summary.js';

/** A stored run, as of its last finished epoch. */
export interface StoredRun {
  readonly folder: string;
  readonly config: Config;
  readonly record: RunRecord;
  readonly plan: Plan;
  /** Variables and running statistics, by name. */
  readonly weights: ReadonlyMap<string, SafeTensor>;
  /** Quantizer sites and the initial state of their gates. */
  readonly setups: readonly SiteSetup[];
  /** Ranges and gates; their optimizer's moments are not stored. */
  readonly quantizers: readonly QuantizerState[];
}

/**
 * Read a run's folder, whose files are not trusted.
 *
 * @throws UserError if files are missing, damaged or inconsistent
 */
export async function readRun(folder: string): Promise<StoredRun> {
  const record = await readRecord(folder);
  if (record === undefined) throw nothingThere(folder, recordFile.name);
  const config = await readConfig(folder);
  const stored = await readWeights(folder);
  if (stored === undefined) throw await withoutWeights(folder);
  const plan = runPlan(config, record.dataset, phaseThatWrote(stored, config, record));
  const weights = new Map(
    [...plan.variables, ...plan.statistics].map(({ name, shape }) => [
      name,
      stored.tensor(name, shape),
    ]),
  );
  const setups = setUpGates(plan, config);
  const started = initQuantizers(setups);
  const quantizers = started.map((quantizer) => restored(quantizer, stored));
  return { folder, config, record, plan, weights, setups, quantizers };
}

/**
 * The phase that wrote the weights, from their tensors rather than from the epochs: a killed run may have
 * weights of an epoch without its metrics. Fine-tuning folds the running statistics away; if nothing is
 * folded, both phases have the same plan.
 */
function phaseThatWrote(
  weights: StoredWeights,
  { model, fineTuning }: Config,
  { dataset }: RunRecord,
): PhaseName {
  const { statistics } = planFor(model, dataset);
  const isTraining = statistics.every(({ name }) => weights.has(name));
  return fineTuning.epochs === 0 || isTraining ? 'training' : 'fine-tuning';
}

/** Restore ranges and gates from the file; without rounding, the initial range and bit gates stay. */
function restored(quantizer: QuantizerState, weights: StoredWeights): QuantizerState {
  const { channels, rounding } = weights.quantizer(quantizer.site);
  if (!rounding) return withPhi(quantizer, { channels, bits: phiOf(quantizer).bits });
  return withPhi(withBeta(quantizer, rounding.beta), { channels, bits: rounding.bits });
}

/** Explain missing weights: runs may be kept without them, like the ones that come with bbits. */
async function withoutWeights(folder: string): Promise<UserError> {
  const epochs = latestFigures(await summarizeRun(folder, false))?.epochs;
  if (epochs === undefined) return nothingThere(folder, weightsFile);
  return new UserError(
    `${folder}: expected a run with its ${weightsFile}, found one of ${counted(epochs, 'epoch')} whose weights were ` +
      `not kept. To train the run again: bbits train ${join(folder, configFile)}`,
  );
}

function nothingThere(folder: string, name: string): UserError {
  return new UserError(
    `${folder}: expected the folder of a run with at least one finished epoch, found no ${name} in it. ` +
      'Name a folder that bbits train has written.',
  );
}
