import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { bopsDefinition } from '../bayesian-bits/bops.js';
import { effectiveBits, testGate } from '../bayesian-bits/gates.js';
import { loadConfig } from '../config/config.js';
import { datasetShape } from '../data/load.js';
import { UserError } from '../errors.js';
import { isFixed, setUpGates, type SiteSetup } from '../setup/gate-setup.js';
import {
  checkLearning,
  learnedParameters,
  type ParameterCount,
} from '../setup/learned-parameters.js';
import type { TestTimeQuantizer } from '../setup/network-cost.js';
import { planFor, type DataShape } from '../setup/plan-for-config.js';
import { inspectNetwork, type NetworkInspection } from '../inspection/network-inspection.js';
import {
  formatUniformBits,
  fullPrecision,
  uniformQuantizers,
  type UniformBits,
} from '../inspection/uniform-bits.js';

/** What `bbits inspect` shows of a config or a run, in plain numbers. */
export interface Inspection extends NetworkInspection {
  /** Whether the channels are those of a run; a config's are all there. */
  readonly source: { readonly type: 'config' | 'run'; readonly path: string };
  readonly dataset: DataShape;
  /** As in `w8a8`, weights and activations; `learned`: each as in the run; `fixed`: as in the config. */
  readonly bits: string;
  /** What training moves, and what it leaves alone. */
  readonly parameters: readonly ParameterCount[];
  /** How bit operations are counted, in words. */
  readonly bopsDefinition: string;
}

/**
 * A network layer by layer, without training it: of a config, or of a run if the path is a folder.
 *
 * @param bits of all weights and activations; undefined: a run's own, a config's own where they are
 *   fixed, else 32
 * @throws UserError if it can be neither, or a run is given overrides (exit code 2)
 */
export async function inspect(
  path: string,
  overrides: readonly string[],
  bits: UniformBits | undefined,
): Promise<Inspection> {
  if (!(await isFolder(path))) return inspectConfig(path, overrides, bits);
  if (overrides.length === 0) return inspectRun(path, bits);
  throw new UserError(
    `${path}: found a folder and overrides (${overrides.join(' ')}), expected none: a run is shown ` +
      `as it is. To change its config: bbits inspect ${join(path, 'config.yaml')} ${overrides.join(' ')}`,
    2,
  );
}

async function inspectConfig(
  file: string,
  overrides: readonly string[],
  bits: UniformBits | undefined,
): Promise<Inspection> {
  const { config } = await loadConfig(file, overrides);
  const data = await datasetShape(config.dataset);
  const plan = planFor(config.model, data);
  const parameters = learnedParameters(plan, config);
  checkLearning(parameters, config);
  const own = bits === undefined ? fixedQuantizers(setUpGates(plan, config)) : undefined;
  const shown = bits ?? fullPrecision;
  return {
    source: { type: 'config', path: file },
    dataset: data,
    bits: own ? 'fixed' : formatUniformBits(shown),
    parameters,
    ...inspectNetwork(plan, own ?? uniformQuantizers(plan, shown)),
    bopsDefinition,
  };
}

/** The quantizers of a config whose bits are all fixed, with all channels; undefined: some learn. */
function fixedQuantizers(setups: readonly SiteSetup[]): Map<string, TestTimeQuantizer> | undefined {
  if (!setups.every(({ bits }) => bits.every(isFixed))) return undefined;
  return new Map(
    setups.map(({ site: { name, rounded }, bits }) => [
      name,
      { bits: effectiveBits(bits.map(testGate)), rounded, keptChannels: [] },
    ]),
  );
}

async function inspectRun(folder: string, bits: UniformBits | undefined): Promise<Inspection> {
  const { readRun } = await import('./read-run.js');
  const { testTimeQuantizers } = await import('../training/quantizer-state.js');
  const run = await readRun(folder);
  const { name, classes, imageShape } = run.dataset;
  const learned = testTimeQuantizers(run.quantizers);
  const keptOf = (site: string) => learned.get(site)?.keptChannels ?? [];
  return {
    source: { type: 'run', path: folder },
    dataset: { name, classes, imageShape },
    bits: bits === undefined ? 'learned' : formatUniformBits(bits),
    parameters: learnedParameters(run.plan, run.config),
    ...inspectNetwork(
      run.plan,
      bits === undefined ? learned : uniformQuantizers(run.plan, bits, keptOf),
    ),
    bopsDefinition,
  };
}

/** What is not there is told by whoever reads it. */
async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
