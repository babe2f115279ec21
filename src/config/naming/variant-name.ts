import { counted } from '../../text/counted.js';
import type { Config } from '../config.js';

/** Whether the name of a config's variant states the setting of a key, such as `gates.sampling`. */
export function isNamed(key: string): boolean {
  return /^(quantization|target|fineTuning)\.|^(gates\.sampling|regularizer\.weighting)$/.test(key);
}

/**
 * The name of a training method: `Bayesian Bits`, `static w8a8`, `full precision`, `Bayesian Bits, budget
 * 0.5 %, fine-tuned for 2 epochs`.
 */
export function variantName({
  quantization,
  target,
  fineTuning,
  gates,
  regularizer,
}: Pick<Config, 'quantization' | 'target' | 'fineTuning' | 'gates' | 'regularizer'>): string {
  const { weights, activations, channels, layers, smallest, largest } = quantization;
  const isPruned = channels === 'learned';
  const learnsBits = weights === 'learned' || activations === 'learned';
  const isChain = learnsBits && (smallest > 2 || largest < 32);
  return [
    learnsBits
      ? learned(quantization)
      : `${isPruned ? 'pruning only' : 'static'} ${fixed(quantization)}`,
    isChain ? `${smallest} to ${largest} bits` : '',
    layers.length > 0 ? `${counted(layers.length, 'layer')} set apart` : '',
    gates.sampling === 'deterministic' ? 'deterministic gates' : '',
    priceName(regularizer),
    target ? `budget ${target.relativeBopsPercent} %` : '',
    fineTuned(fineTuning),
  ]
    .filter((part) => part !== '')
    .join(', ')
    .replace(/^static full precision/, 'full precision');
}

/** The regularizer's price in words; empty for bops. */
export function priceName({ weighting }: Config['regularizer']): string {
  const names = {
    bops: '',
    constant: 'constant prices',
    'expected-bops': 'priced by expected BOPs',
  };
  return names[weighting];
}

export function fineTuned({ epochs, weights, ranges }: Config['fineTuning']): string {
  if (epochs === 0) return '';
  const rates =
    weights.learningRate === ranges.learningRate
      ? `${weights.learningRate}`
      : `${weights.learningRate} and ${ranges.learningRate}`;
  return `fine-tuned for ${counted(epochs, 'epoch')} at ${rates}`;
}

type Quantization = Config['quantization'];

export function learned({ weights, activations, channels }: Quantization): string {
  const method = channels === 'learned' ? 'Bayesian Bits' : 'quantization only';
  if (weights === activations) return method;
  const [what, bits] = weights === 'learned' ? ['activations', activations] : ['weights', weights];
  return `${method}, ${what} ${bits === 'none' ? 'in full precision' : `at ${bits} bits`}`;
}

export function fixed({ weights, activations }: Quantization): string {
  if (weights === 'none' && activations === 'none') return 'full precision';
  const bits = (width: Quantization['weights']) => (width === 'none' ? 32 : width);
  return `w${bits(weights)}a${bits(activations)}`;
}
