import type { GateDistribution } from '../../bayesian-bits/gate-distribution.js';
import { openPercent, testTimeQuantizer } from '../epoch-history.js';
import type { EpochMetrics, QuantizerMetrics } from '../folder/metrics-file.js';
import type { CompactEpoch, CompactQuantizer } from './metrics-columns.js';

/** Drop each gate's phi from an epoch; shorten probabilities, ranges and training losses; keep all else. */
export function compactEpoch(
  { quantizers, ...figures }: EpochMetrics,
  distribution: GateDistribution,
): CompactEpoch {
  return {
    ...figures,
    // Training losses are means of float32 numbers, and no table or figure shows them.
    loss: rounded(figures.loss, 6),
    crossEntropy: rounded(figures.crossEntropy, 6),
    regularizer: rounded(figures.regularizer, 6),
    quantizers: quantizers.map((quantizer) => compactQuantizer(quantizer, distribution)),
  };
}

function compactQuantizer(
  { phi, ...quantizer }: QuantizerMetrics,
  distribution: GateDistribution,
): CompactQuantizer {
  const { beta } = quantizer;
  const { keptChannels } = testTimeQuantizer({ ...quantizer, phi }, distribution);
  const open = Object.entries(openPercent(phi, distribution));
  return {
    ...quantizer,
    beta: beta === null ? null : rounded(beta, 4),
    openPercent: Object.fromEntries(open.map(([width, percent]) => [width, toTenth(percent)])),
    ...(keptChannels.length === 0
      ? {}
      : {
          channels: {
            count: keptChannels.length,
            dropped: keptChannels.flatMap((isKept, channel) => (isKept ? [] : [channel])),
          },
        }),
  };
}

/**
 * Truncate to a tenth, so that rounding to whole percent for display gives the same result as before. Only
 * gates that are certain to be shut or open are at 0 or 100.
 */
function toTenth(percent: number): number {
  if (percent <= 0 || percent >= 100) return percent;
  return Math.max(0.1, Math.floor(10 * percent) / 10);
}

/** Round to significant digits, unless that overflows to infinity. */
function rounded(value: number, digits: number): number {
  const short = Number(value.toPrecision(digits));
  return Number.isFinite(short) ? short : value;
}
