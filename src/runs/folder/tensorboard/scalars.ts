import type { GateDistribution } from '../../../bayesian-bits/gate-distribution.js';
import { keptChannelsPercent } from '../../../inspection/kept-channels.js';
import { meanProbabilityOpen } from '../../../inspection/open-gates.js';
import type { EpochMetrics, QuantizerMetrics } from '../metrics-file.js';

/** A scalar in TensorBoard. */
export interface Scalar {
  /** Its name; the part before the first slash is the group. */
  readonly tag: string;
  readonly value: number;
}

/**
 * An epoch's scalars for TensorBoard: losses, accuracies and BOPs, then each quantizer.
 *
 * @param distribution distribution of the run's gates
 */
export function epochScalars(metrics: EpochMetrics, distribution: GateDistribution): Scalar[] {
  return [
    { tag: 'loss/loss', value: metrics.loss },
    { tag: 'loss/crossEntropy', value: metrics.crossEntropy },
    { tag: 'loss/regularizer', value: metrics.regularizer },
    { tag: 'loss/testCrossEntropy', value: metrics.testCrossEntropy },
    { tag: 'accuracy/trainPercent', value: metrics.trainAccuracyPercent },
    { tag: 'accuracy/testPercent', value: metrics.testAccuracyPercent },
    ...(metrics.validationAccuracyPercent === undefined
      ? []
      : [{ tag: 'accuracy/validationPercent', value: metrics.validationAccuracyPercent }]),
    { tag: 'bops/relativePercent', value: metrics.relativeBopsPercent },
    { tag: 'bops/gbops', value: metrics.gbops },
    ...metrics.quantizers.flatMap((quantizer) => quantizerScalars(quantizer, distribution)),
  ];
}

function quantizerScalars(
  { name, bits, keptChannels, beta, phi }: QuantizerMetrics,
  distribution: GateDistribution,
): Scalar[] {
  const channels = Object.values(phi).find((gates) => typeof gates !== 'number')?.length;
  return [
    { tag: `bits/${name}`, value: bits },
    ...(beta === null ? [] : [{ tag: `range/${name}`, value: beta }]),
    ...(keptChannels === undefined || channels === undefined
      ? []
      : [
          {
            tag: `keptChannelsPercent/${name}`,
            value: keptChannelsPercent([{ keptChannels, channels }]),
          },
        ]),
    ...Object.entries(phi).flatMap(([width, gates]) => {
      const what = typeof gates === 'number' ? `${width}bits` : 'channels';
      const value = meanProbabilityOpen(distribution, [gates].flat());
      return value === undefined ? [] : [{ tag: `gates/${name}/${what}`, value }];
    }),
  ];
}
