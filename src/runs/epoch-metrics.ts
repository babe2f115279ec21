import { gatedBitWidths } from '../bayesian-bits/gates.js';
import { countKept } from '../nn/kept-channels.js';
import {
  betaOf,
  phiOf,
  testTimeQuantizer,
  type QuantizerState,
} from '../training/quantizer-state.js';
import type { EpochLosses } from '../training/trainer-state.js';
import type { Evaluations, Trainer } from '../training/trainer.js';
import type { EpochMetrics, QuantizerMetrics } from './folder/metrics-file.js';

/** An epoch's metrics for `metrics.jsonl`. */
export function epochMetrics(
  epoch: number,
  losses: EpochLosses,
  { test, validation }: Evaluations,
  trainer: Pick<Trainer, 'cost' | 'quantizers'>,
): EpochMetrics {
  const { accuracyPercent: trainAccuracyPercent, ...means } = losses;
  const { relativeBopsPercent, gbops } = trainer.cost();
  return {
    epoch,
    ...means,
    trainAccuracyPercent,
    testCrossEntropy: test.crossEntropy,
    testAccuracyPercent: test.accuracyPercent,
    ...(validation
      ? {
          validationCrossEntropy: validation.crossEntropy,
          validationAccuracyPercent: validation.accuracyPercent,
        }
      : {}),
    relativeBopsPercent,
    gbops,
    quantizers: trainer.quantizers().map(quantizerMetrics),
  };
}

function quantizerMetrics(quantizer: QuantizerState): QuantizerMetrics {
  const { bits, keptChannels } = testTimeQuantizer(quantizer);
  const { name, rounded } = quantizer.site;
  const phi = phiOf(quantizer);
  const hasChannels = keptChannels.length > 0;
  // Without rounding there are no bit-width gates.
  const widths = rounded ? gatedBitWidths : [];
  return {
    name,
    bits,
    ...(hasChannels ? { keptChannels: countKept(keptChannels) } : {}),
    beta: rounded ? betaOf(quantizer) : null,
    phi: {
      ...(hasChannels ? { 2: Array.from(phi.channels) } : {}),
      ...Object.fromEntries(widths.map((bits, index) => [bits, phi.bits[index]])),
    },
  };
}
