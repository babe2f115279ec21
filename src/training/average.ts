import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../compile/entry.js';
import { chain } from './optimizers/chain.js';
import type { Optimizer } from './optimizers/optimizers.js';
import { transform } from './optimizers/transform.js';

/**
 * An exponential moving average of a network's variables and statistics, which replaces them in evaluation
 * and export (Polyak and Juditsky, 1992; Tarvainen and Valpola, NeurIPS 2017). In step t, counted from 1:
 *
 *     mean' = d mean + (1 - d) value,   d = min(decay, (t - 1) / (t + 9))
 *
 * The average starts with the first step's value, so that the initial values do not enter it.
 */

const rateName = 'averageDecay';

/** The name of a tensor's average, in a program's state and in checkpoints. */
function averageName(name: string): string {
  return `average/${name}`;
}

/** Add the average's decay, which `averaged` reads, to an optimizer's rates. */
export function withAverageRate(optimizer: Optimizer, decay: number): Optimizer {
  const rate = transform({
    rates: { [rateName]: ({ t }) => Math.min(decay, (t - 1) / (t + 9)) },
    update: () => ({}),
  });
  return chain(optimizer, rate);
}

/** The averages before the first step. */
export function initialAverages(values: Readonly<NamedTensors>): NamedTensors {
  const entries = Object.entries(values);
  return Object.fromEntries(entries.map(([name, value]) => [averageName(name), tf.clone(value)]));
}

/**
 * The averages after a step; none if nothing is averaged.
 *
 * @param before the state before the step
 * @param after the tensors that the step changed
 * @param rates of the step, among the host's inputs
 */
export function averaged(
  names: readonly string[],
  before: Readonly<NamedTensors>,
  after: Readonly<NamedTensors>,
  rates: Readonly<NamedTensors>,
): NamedTensors {
  const decay = rates[rateName];
  if (decay === undefined) return {};
  const rest = tf.sub(1, decay);
  return Object.fromEntries(
    names.map((name) => {
      const mean = before[averageName(name)] as tf.Tensor;
      const value = (after[name] ?? before[name]) as tf.Tensor;
      return [averageName(name), tf.add(tf.mul(mean, decay), tf.mul(value, rest))];
    }),
  );
}

/** A state's network at test time: averages under the names of the tensors, if there are any. */
export function evaluatedTensors(
  names: readonly string[],
  state: Readonly<NamedTensors>,
): NamedTensors {
  return Object.fromEntries(
    names.map((name) => [name, (state[averageName(name)] ?? state[name]) as tf.Tensor]),
  );
}
