import { probabilityOpen } from '../../../bayesian-bits/gates.js';
import { keptChannelsPercent } from '../../../inspection/kept-channels.js';
import type { EpochMetrics, QuantizerMetrics } from '../metrics.js';

/** A number as TensorBoard shows it. */
export interface Scalar {
  /** Its name; what is before the first slash is the group that it is shown in. */
  readonly tag: string;
  readonly value: number;
}

/** What TensorBoard shows of an epoch: losses, accuracies and BOPs, then each quantizer. */
export function epochScalars(metrics: EpochMetrics): Scalar[] {
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
    ...metrics.quantizers.flatMap(quantizerScalars),
  ];
}

function quantizerScalars({ name, bits, keptChannels, beta, phi }: QuantizerMetrics): Scalar[] {
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
