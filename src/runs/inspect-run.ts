import { bopsDefinition } from '../bayesian-bits/bops.js';
import { recipePart } from '../inspection/inspect-config.js';
import type { Inspection } from '../inspection/inspection.js';
import { inspectNetwork } from '../inspection/network-inspection.js';
import {
  formatUniformBits,
  uniformQuantizers,
  type UniformBits,
} from '../inspection/uniform-bits.js';
import { learnedParameters } from '../setup/learned-parameters.js';
import { testTimeQuantizers } from '../training/quantizer-state.js';
import { readRun } from './read-run.js';

/**
 * Describe a run's network layer by layer, with its kept channels.
 *
 * @param bits bits of all weights and activations; undefined: the learned ones
 * @throws UserError if files are missing, damaged or inconsistent
 */
export async function inspectRun(
  folder: string,
  bits: UniformBits | undefined,
): Promise<Inspection> {
  const { plan, config, record, quantizers } = await readRun(folder);
  const { name, classes, imageShape } = record.dataset;
  const learned = testTimeQuantizers(quantizers);
  const keptOf = (site: string) => learned.get(site)?.keptChannels ?? [];
  return {
    source: { type: 'run', path: folder },
    dataset: { name, classes, imageShape },
    bits: bits === undefined ? 'learned' : formatUniformBits(bits),
    parameters: learnedParameters(plan, config),
    ...inspectNetwork(plan, bits === undefined ? learned : uniformQuantizers(plan, bits, keptOf)),
    ...recipePart(config),
    bopsDefinition,
  };
}
