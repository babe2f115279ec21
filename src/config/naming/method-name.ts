import { counted } from '../../text/counted.js';
import type { Config } from '../config.js';
import { fixed, learned, priceName } from './variant-name.js';

/** A config's training method, and its position on that method's trade-off curve. */
export interface MethodPoint {
  /** `Bayesian Bits`, `quantization only`, `static`, `budget`, `post-training`. */
  readonly method: string;
  readonly point: Point;
}

/** The parameter that moves a network along the curve: mu, a budget or fixed bits. */
export interface Point {
  readonly by: 'mu' | 'budget' | 'bits' | 'nothing';
  /** `0.1`, `0.5 %`, `w4a4`; empty without such a parameter. */
  readonly value: string;
  /** Its order within the method. */
  readonly order: number;
}

/** Whether gates learn; otherwise mu and all settings of gates have no effect. */
export function learnsGates({ quantization, training }: Config): boolean {
  const { weights, activations, channels, layers } = quantization;
  const widths = [weights, activations, ...layers.flatMap((layer) => Object.values(layer))];
  return (
    (channels === 'learned' || widths.includes('learned')) && training.learns.includes('gates')
  );
}

export function methodPoint(config: Config): MethodPoint {
  const { quantization, gates, regularizer, target, fineTuning, teacher } = config;
  const { weights, activations, channels, layers, smallest, largest } = quantization;
  const isLearned = learnsGates(config);
  const learnsBits = weights === 'learned' || activations === 'learned';
  const modifiers = [
    learnsBits && (smallest > 2 || largest < 32) ? `${smallest} to ${largest} bits` : '',
    layers.length > 0 ? `${counted(layers.length, 'layer')} set apart` : '',
    isLearned && gates.sampling === 'deterministic' ? 'deterministic gates' : '',
    isLearned ? priceName(regularizer) : '',
    target ? 'budget' : '',
    fineTuning.epochs > 0 ? 'fine-tuned' : '',
    teacher ? 'distilled' : '',
    startsFrom(config),
  ].filter((part) => part !== '');
  const base = baseName(quantization);
  // A modified version of the paper's own method is named by its modifications alone.
  const parts = base === published && modifiers.length > 0 ? modifiers : [base, ...modifiers];
  return {
    method: parts.join(', '),
    point: target
      ? budget(target.relativeBopsPercent)
      : isLearned
        ? { by: 'mu', value: String(config.mu), order: config.mu }
        : weights === 'none' && activations === 'none'
          ? { by: 'nothing', value: '', order: 0 }
          : bits(quantization, learnsBits || channels === 'learned'),
  };
}

const published = 'Bayesian Bits';

function baseName(quantization: Config['quantization']): string {
  const { weights, activations, channels } = quantization;
  if (weights === 'learned' || activations === 'learned') return learned(quantization);
  if (channels === 'learned') return `pruning only ${fixed(quantization)}`;
  return weights === 'none' && activations === 'none' ? 'full precision' : 'static';
}

function startsFrom({ from, training: { learns } }: Config): string {
  if (from === undefined) return '';
  if (!learns.includes('weights')) return 'post-training';
  return 'from a trained network';
}

function budget(relativeBopsPercent: number): Point {
  return { by: 'budget', value: `${relativeBopsPercent} %`, order: relativeBopsPercent };
}

function bits(quantization: Config['quantization'], isGated: boolean): Point {
  // Gates that do not learn keep their initial state.
  if (isGated) return { by: 'nothing', value: '', order: 0 };
  const width = (bits: Config['quantization']['weights']) => (typeof bits === 'number' ? bits : 32);
  const { weights, activations } = quantization;
  return {
    by: 'bits',
    value: fixed(quantization),
    order: 100 * width(weights) + width(activations),
  };
}

/** Whether the setting of a key, such as `gates.initialPhi.2`, has no effect on the run. */
export function isWithoutEffect(key: string, config: Config): boolean {
  const { quantization, training, fineTuning } = config;
  const { weights, activations } = quantization;
  const startsAt = (...parts: readonly string[]) =>
    parts.some((part) => key === part || key.startsWith(`${part}.`));
  if (
    startsAt(
      'mu',
      'gates',
      'optimizers.gates',
      'regularizer',
      'quantization.smallest',
      'quantization.largest',
    )
  )
    return !learnsGates(config);
  if (startsAt('fineTuning.weights', 'fineTuning.ranges')) return fineTuning.epochs === 0;
  if (startsAt('optimizers.ranges')) return weights === 'none' && activations === 'none';
  if (startsAt('optimizers.weights')) return !training.learns.includes('weights');
  return false;
}

/** Whether the method's name or its point already states the setting of a key. */
export function isInMethod(key: string, config: Config): boolean {
  if (key === 'mu') return config.target === undefined;
  return /^(quantization\.|target\.|gates\.sampling$|regularizer\.weighting$)/.test(key);
}
