import * as tf from '@tensorflow/tfjs-core';
import { adamCorrections, adamTensors, decayOf, type WeightSettings } from './adam.js';
import { nesterovTensors, type NesterovSettings } from './nesterov.js';

/** How the network's variables are moved. */
export type WeightOptimizerSettings = WeightSettings | NesterovSettings;

/** What changes from step to step, as numbers that the host gives to the program. */
export interface StepRates<T> {
  readonly rate: T;
  readonly rootScale: T;
  readonly decay: T;
}

/** An optimizer as the training program sees it. */
export interface WeightOptimizer {
  /** What it keeps for each variable: tensors of its shape, zero at first. */
  readonly slots: readonly string[];
  /** @param t the step's number, from 1 @param factor of the schedule on the learning rate */
  ratesAt(t: number, factor: number): StepRates<number>;
  /** One step. @param slots in their order */
  move(
    rates: StepRates<tf.Tensor>,
    value: tf.Tensor,
    slots: readonly tf.Tensor[],
    gradient: tf.Tensor,
  ): { readonly value: tf.Tensor; readonly slots: readonly tf.Tensor[] };
}

/** Adam, or with a momentum Nesterov's. */
export function weightOptimizer(settings: WeightOptimizerSettings): WeightOptimizer {
  return 'momentum' in settings ? nesterov(settings) : adam(settings);
}

/** The name of what an optimizer keeps for a variable, in the program's state. */
export function slotName(slot: string, variable: string): string {
  return `${slot}/${variable}`;
}

function adam(settings: WeightSettings): WeightOptimizer {
  return {
    slots: ['adam/m', 'adam/v'],
    ratesAt: (t, factor) => ({
      ...adamCorrections(settings, t, factor),
      decay: decayOf(settings, factor),
    }),
    move({ rate, rootScale, decay }, value, slots, gradient) {
      const [m, v] = slots as [tf.Tensor, tf.Tensor];
      const next = adamTensors(settings, { rate, rootScale }, { value, m, v }, gradient);
      const decayed = settings.weightDecay ? tf.sub(next.value, tf.mul(decay, value)) : next.value;
      return { value: decayed, slots: [next.m, next.v] };
    },
  };
}

function nesterov(settings: NesterovSettings): WeightOptimizer {
  return {
    slots: ['nesterov/m'],
    ratesAt: (_, factor) => ({ rate: factor * settings.learningRate, rootScale: 1, decay: 0 }),
    move({ rate }, value, slots, gradient) {
      const [m] = slots as [tf.Tensor];
      const next = nesterovTensors(settings, rate, { value, m }, gradient);
      return { value: next.value, slots: [next.m] };
    },
  };
}
