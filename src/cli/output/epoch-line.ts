import type { Config } from '../../config/config.js';
import type { EpochMetrics } from '../../runs/folder/metrics-file.js';
import { allEpochs, phaseOf } from '../../setup/epochs.js';
import { counted } from '../../text/counted.js';
import { accuracyText, bopsText } from './figures.js';

/** An epoch's figures, with its phase if the run has two. */
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

/** The terms of the loss: cross entropy, and `mu R` unless it is 0. */
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
 * The phase and loss of an epoch, printed when a run starts, resumes or changes its phase.
 *
 * @param hasPrice whether the network has gates with a price
 */
export function phaseText(config: Config, epoch: number, hasPrice: boolean): string {
  const { training, fineTuning, mu, target } = config;
  if (phaseOf(config, epoch) === 'fine-tuning') {
    return `Fine-tuning, ${counted(fineTuning.epochs, 'epoch')}: gates are fixed, the loss is cross entropy`;
  }
  const price = hasPrice && (mu > 0 || target) ? ' + mu R, where R is the cost of open gates' : '';
  return `Learning, ${counted(training.epochs, 'epoch')}: the loss is cross entropy${price}`;
}

function phaseName(config: Config, epoch: number): string {
  return phaseOf(config, epoch) === 'training' ? 'learning' : 'fine-tuning';
}
