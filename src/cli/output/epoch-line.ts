import type { Config } from '../../config/config.js';
import type { EpochMetrics } from '../../runs/folder/metrics-file.js';
import { allEpochs, phaseOf } from '../../setup/epochs.js';
import { counted } from '../../text/counted.js';
import { accuracyText, bopsText } from './figures.js';

/** What an epoch gave; with its phase where there are two. */
export function epochLine(metrics: EpochMetrics, config: Config): string[] {
  const epochs = allEpochs(config);
  const number = String(metrics.epoch).padStart(String(epochs).length);
  const phase = config.fineTuning.epochs > 0 ? ` ${phaseName(config, metrics.epoch)}` : '';
  return [
    `Epoch ${number}/${epochs}${phase}`,
    ...lossParts(metrics),
    `test ${accuracyText(metrics.testAccuracyPercent)}`,
    `BOPs ${bopsText(metrics.relativeBopsPercent)}`,
  ];
}

/** What the loss is the sum of: cross entropy, and `mu R` where gates cost anything. */
export function lossParts({
  loss,
  crossEntropy,
}: Pick<EpochMetrics, 'loss' | 'crossEntropy'>): string[] {
  const price = loss - crossEntropy;
  return [
    `cross entropy ${crossEntropy.toFixed(3)}`,
    ...(price === 0 ? [] : [`mu R ${price.toFixed(3)}`]),
  ];
}

/**
 * The phase that an epoch is in, with its loss, as it begins there or goes on.
 *
 * @param hasPrice whether the network has gates that cost anything
 */
export function phaseText(config: Config, epoch: number, hasPrice: boolean): string {
  const { training, fineTuning, mu, target } = config;
  if (phaseOf(config, epoch) === 'fine-tuning') {
    return `Fine-tuning, ${counted(fineTuning.epochs, 'epoch')}: gates are fixed, the loss is cross entropy`;
  }
  const price = hasPrice && (mu > 0 || target) ? ' + mu R, where R is what open gates cost' : '';
  return `Learning, ${counted(training.epochs, 'epoch')}: the loss is cross entropy${price}`;
}

function phaseName(config: Config, epoch: number): string {
  return phaseOf(config, epoch) === 'training' ? 'learning' : 'fine-tuning';
}
