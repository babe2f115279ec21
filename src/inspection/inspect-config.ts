import { bopsDefinition } from '../bayesian-bits/bops.js';
import { isFixed } from '../bayesian-bits/gate-distribution.js';
import { effectiveBits } from '../bayesian-bits/gates.js';
import { loadConfig, type Config } from '../config/config.js';
import { recipeOf } from '../config/naming/settings.js';
import { datasetShape } from '../data/load.js';
import { setUpGates, type SiteSetup } from '../setup/gate-setup.js';
import { checkLearning, learnedParameters } from '../setup/learned-parameters.js';
import type { TestTimeQuantizer } from '../setup/network-cost.js';
import { planFor } from '../setup/plan-for-config.js';
import type { Inspection } from './inspection.js';
import { inspectNetwork } from './network-inspection.js';
import {
  formatUniformBits,
  fullPrecision,
  uniformQuantizers,
  type UniformBits,
} from './uniform-bits.js';

/**
 * Inspect a config's network layer by layer, without training.
 *
 * @param bits of all weights and activations; undefined: the config's fixed bits, or 32 if some are learned
 * @throws UserError (exit code 2) for an invalid config
 */
export async function inspectConfig(
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
    ...recipePart(config),
    bopsDefinition,
  };
}

/** The training settings beyond the defaults, in words, if any. */
export function recipePart(config: Config): Pick<Inspection, 'recipe'> {
  const recipe = recipeOf(config);
  return recipe.length === 0 ? {} : { recipe };
}

/** The quantizers of a config with fixed bits, with all channels; undefined if some bits are learned. */
function fixedQuantizers(setups: readonly SiteSetup[]): Map<string, TestTimeQuantizer> | undefined {
  const isStatic = setups.every(({ distribution, bits }) =>
    bits.every((phi) => isFixed(distribution, phi)),
  );
  if (!isStatic) return undefined;
  return new Map(
    setups.map(({ site: { name, rounded }, distribution, bits }) => [
      name,
      {
        bits: effectiveBits(bits.map((phi) => distribution.testGate(phi))),
        rounded,
        keptChannels: [],
      },
    ]),
  );
}
