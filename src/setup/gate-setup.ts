import { fixedBits, type GateDistribution } from '../bayesian-bits/gate-distribution.js';
import { gateDistributions } from '../bayesian-bits/gate-distributions.js';
import { bitWidths, gatedBitWidths, type BitWidth } from '../bayesian-bits/gates.js';
import type { Config } from '../config/config.js';
import { UserError } from '../errors.js';
import type { Plan, QuantizerSite } from '../nn/plan.js';

/**
 * A quantizer as configured. A gate that does not learn has a phi so large or so small that it is always open
 * or always shut: neither the data nor the price changes it.
 */
export interface SiteSetup {
  readonly site: QuantizerSite;
  /** The distribution of its gates. */
  readonly distribution: GateDistribution;
  /** Initial phi of the gates of 4, 8, 16 and 32 bits. */
  readonly bits: readonly number[];
  /** Initial phi of each channel gate. */
  readonly channels: number;
  /** The smallest bit width; narrower widths have no price. */
  readonly smallest: BitWidth;
}

/**
 * The network's quantizers and the initial state of their gates.
 *
 * @throws UserError (exit code 2) if the config contradicts itself or names an unknown layer
 */
export function setUpGates(plan: Plan, config: Config): SiteSetup[] {
  const { quantization, gates } = config;
  const distribution = gateDistributions[gates.distribution];
  checkLayers(plan, quantization);
  const hasChannelGates = quantization.channels === 'learned';
  return plan.quantizers.flatMap((site): SiteSetup[] => {
    const width = widthAt(site, quantization);
    const gatedChannels = hasChannelGates ? site.gatedChannels : 0;
    const setup = {
      distribution,
      channels: gates.initialPhi[2],
      smallest: quantization.smallest,
    };
    if (width === 'none') {
      // In full precision only channel gates act, so a quantizer without them can be omitted.
      const hasGates = gatedChannels > 0 || (site.gatesOf !== undefined && hasChannelGates);
      if (!hasGates) return [];
      const unrounded = { ...site, gatedChannels, rounded: false };
      return [{ ...setup, site: unrounded, bits: fixedBits(distribution, 32) }];
    }
    if (width !== 'learned') {
      return [{ ...setup, site: { ...site, gatedChannels }, bits: fixedBits(distribution, width) }];
    }
    const bits = gatedBitWidths.map((gate) => {
      if (gate <= quantization.smallest) return distribution.fixed.open;
      return gate > quantization.largest ? distribution.fixed.shut : gates.initialPhi[gate];
    });
    return [{ ...setup, site: { ...site, gatedChannels }, bits }];
  });
}

type Quantization = Config['quantization'];
type Width = Quantization['weights'];

function widthAt({ layer, kind }: QuantizerSite, quantization: Quantization): Width {
  const exception = quantization.layers.find((own) => own.layer === layer);
  return exception?.[kind] ?? quantization[kind];
}

function checkLayers(plan: Plan, quantization: Quantization): void {
  const { smallest, largest, layers, weights, activations } = quantization;
  if (smallest > largest) {
    throw contradiction(
      'quantization.smallest',
      `found ${smallest}, expected at most quantization.largest, which is ${largest}`,
    );
  }
  const inChain = (key: string, width: Width | undefined) => {
    if (typeof width !== 'number' || (width >= smallest && width <= largest)) return;
    const chain = bitWidths.filter((bits) => bits >= smallest && bits <= largest);
    throw contradiction(
      key,
      `found ${width}, expected a width allowed by quantization.smallest and .largest: ${chain.join(', ')}`,
    );
  };
  inChain('quantization.weights', weights);
  inChain('quantization.activations', activations);
  const names = [...new Set(plan.quantizers.map(({ layer }) => layer))];
  layers.forEach((exception, index) => {
    const key = `quantization.layers.${index}`;
    inChain(`${key}.weights`, exception.weights);
    inChain(`${key}.activations`, exception.activations);
    if (!names.includes(exception.layer)) {
      throw contradiction(
        `${key}.layer`,
        `found "${exception.layer}", expected a layer of ${plan.network}: ${names.join(', ')}`,
      );
    }
  });
}

function contradiction(key: string, text: string): UserError {
  return new UserError(`${key}: ${text}. Change the config.`, 2);
}
