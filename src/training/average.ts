import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../compile/entry.js';
import { chain } from './optimizers/chain.js';
import type { Optimizer } from './optimizers/optimizers.js';
import { transform } from './optimizers/transform.js';

/**
 * A running mean of a network's variables and statistics, which is evaluated and exported in their place
 * (Polyak and Juditsky, 1992; Tarvainen and Valpola, NeurIPS 2017). In step t, from 1:
 *
 *     mean' = d mean + (1 - d) value,   d = min(decay, (t - 1) / (t + 9))
 *
 * so that it begins with the first step's value, and what training starts from has no part in it.
 */

const rateName = 'averageDecay';

/** The name of a tensor's mean, in a program's state and in checkpoints. */
function averageName(name: string): string {
  return `average/${name}`;
}

/** An optimizer whose steps also have the rate of the mean, for `averaged`. */
export function withAverageRate(optimizer: Optimizer, decay: number): Optimizer {
  const rate = transform({
    rates: { [rateName]: ({ t }) => Math.min(decay, (t - 1) / (t + 9)) },
    update: () => ({}),
  });
  return chain(optimizer, rate);
}

/** The means before the first step. */
export function initialAverages(values: Readonly<NamedTensors>): NamedTensors {
  const entries = Object.entries(values);
  return Object.fromEntries(entries.map(([name, value]) => [averageName(name), tf.clone(value)]));
}

/**
 * The means after a step; none where nothing is averaged.
 *
 * @param before the state that the step started with
 * @param after what of it the step has changed
 * @param rates of the step, among all that the host gave
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

/** What a state's network is at test time: the means by the names of what they are of, where there are some. */
export function evaluatedTensors(
  names: readonly string[],
  state: Readonly<NamedTensors>,
): NamedTensors {
  return Object.fromEntries(
    names.map((name) => [name, (state[averageName(name)] ?? state[name]) as tf.Tensor]),
  );
}
