import type { GateDistribution } from '../../../bayesian-bits/gate-distribution.js';
import type { EpochMetrics, QuantizerMetrics } from '../metrics-file.js';

/** A number as TensorBoard shows it. */
export interface Scalar {
  /** Its name; what is before the first slash is the group that it is shown in. */
  readonly tag: string;
  readonly value: number;
}

/**
 * What TensorBoard shows of an epoch: losses, accuracies and BOPs, then each quantizer.
 *
 * @param distribution of the run's gates
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
  const probabilityOpen = (value: number) => distribution.probabilityOpen(value).q;
  const channels = Object.values(phi).find((gates) => typeof gates !== 'number')?.length;
  return [
    { tag: `bits/${name}`, value: bits },
    ...(beta === null ? [] : [{ tag: `range/${name}`, value: beta }]),
    ...(keptChannels === undefined || channels === undefined
      ? []
      : [{ tag: `keptChannelsPercent/${name}`, value: (100 * keptChannels) / channels }]),
    ...Object.entries(phi).map(([width, gates]) =>
      typeof gates === 'number'
        ? { tag: `gates/${name}/${width}bits`, value: probabilityOpen(gates) }
        : { tag: `gates/${name}/channels`, value: mean(gates.map(probabilityOpen)) },
    ),
  ];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
