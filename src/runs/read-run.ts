import { join } from 'node:path';
import { loadConfig, type Config } from '../config/config.js';
import { UserError } from '../errors.js';
import type { Plan } from '../nn/plan.js';
import { setUpGates, type SiteSetup } from '../setup/gate-setup.js';
import { fineTunedPlanFor, planFor } from '../setup/plan-for-config.js';
import {
  initQuantizers,
  withBeta,
  withPhi,
  type QuantizerState,
} from '../training/quantizer-state.js';
import { readBounded } from '../files/read-bounded.js';
import { readRunRecord, type RunRecord } from './folder/run-record.js';
import { decodeSafetensors, type SafeTensor } from '../files/safetensors.js';

/** A run that was written, as after its last finished epoch. */
export interface StoredRun {
  readonly folder: string;
  readonly config: Config;
  readonly dataset: RunRecord['dataset'];
  readonly plan: Plan;
  /** The network's variables and statistics, by name. */
  readonly weights: ReadonlyMap<string, SafeTensor>;
  /** Where it is quantized, and where its gates started. */
  readonly setups: readonly SiteSetup[];
  /** Ranges and gates; the means of their optimizer are not stored. */
  readonly quantizers: readonly QuantizerState[];
}

/**
 * Reads a run's folder. Its files are not trusted.
 *
 * @throws UserError if one is missing or damaged, or they do not belong together
 */
export async function readRun(folder: string): Promise<StoredRun> {
  const record = await readRunRecord(folder);
  if (record === undefined) throw nothingThere(folder, 'run.json');
  const { config } = await loadConfig(join(folder, 'config.yaml'));
  const path = join(folder, 'weights.safetensors');
  const bytes = await readBounded(path, mostBytes);
  if (bytes === undefined) throw nothingThere(folder, 'weights.safetensors');
  const tensors = decodeSafetensors(bytes, path);
  const plan = planOf(config, record, tensors);
  const weights = new Map(
    [...plan.variables, ...plan.statistics].map(({ name, shape }) => [
      name,
      tensorOf(tensors, path, name, shape),
    ]),
  );
  const setups = setUpGates(plan, config);
  const started = initQuantizers(plan, setups, config.regularizer.weighting);
  const quantizers = started.map((quantizer) => restored(quantizer, tensors, path));
  return { folder, config, dataset: record.dataset, plan, weights, setups, quantizers };
}

/** The plan of the phase that wrote the weights: fine-tuning leaves no running statistics to fold. */
function planOf(
  { model, fineTuning }: Config,
  { dataset }: RunRecord,
  tensors: ReadonlyMap<string, SafeTensor>,
): Plan {
  const trained = planFor(model, dataset);
  const isTrained = trained.statistics.every(({ name }) => tensors.has(name));
  return fineTuning.epochs === 0 || isTrained ? trained : fineTunedPlanFor(model, dataset);
}

/** Ranges and gates as they are in the file. */
function restored(
  quantizer: QuantizerState,
  tensors: ReadonlyMap<string, SafeTensor>,
  path: string,
): QuantizerState {
  const { name, gatedChannels } = quantizer.site;
  const values = (part: string, length: number) =>
    Array.from(tensorOf(tensors, path, `${name}/${part}`, [length]).values);
  const [beta = NaN] = values('beta', 1);
  const channels = gatedChannels > 0 ? values('phi2', gatedChannels) : [];
  const phi = Float64Array.of(...channels, ...values('phi', 4));
  return withPhi(withBeta(quantizer, beta), phi);
}

function tensorOf(
  tensors: ReadonlyMap<string, SafeTensor>,
  path: string,
  name: string,
  shape: readonly number[],
): SafeTensor {
  const tensor = tensors.get(name);
  if (tensor?.shape.join() === shape.join() && tensor.values.every(Number.isFinite)) return tensor;
  const found = !tensor
    ? 'none'
    : tensor.shape.join() === shape.join()
      ? 'numbers in it that are not finite'
      : `[${tensor.shape.join(', ')}]`;
  throw new UserError(
    `${path}: expected "${name}" of shape [${shape.join(', ')}], found ${found}. The file does not ` +
      'belong to the config beside it, or was written by another version of bbits.',
  );
}

/** The largest that Node reads in one piece. */
const mostBytes = 2 ** 31 - 1;

function nothingThere(folder: string, name: string): UserError {
  return new UserError(
    `${folder}: expected the folder of a run with at least one finished epoch, found no ${name} in it. ` +
      'Name a folder that bbits train has written.',
  );
}
