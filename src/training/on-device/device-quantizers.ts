import * as tf from '@tensorflow/tfjs-core';
import type { GatesOnDevice } from '../../bayesian-bits/gate-distribution.js';
import { everything, type Learnable } from '../../config/learnable.js';
import type { NamedTensors } from '../../compile/entry.js';
import type { Plan, QuantizerSite } from '../../nn/plan.js';
import { finitenessLength, zeroIfFinite } from '../finiteness.js';
import { adamTensors, type AdamSettings } from '../optimizers/adam.js';
import type { Optimizer } from '../optimizers/optimizers.js';
import { smallestBeta } from '../quantizer-state.js';
import type { QuantizersInStep } from '../step/quantizers-in-step.js';
import { vectorLayout, type VectorLayout } from '../vector-layout.js';
import { deviceGates } from './device-gates.js';
import { gateLayout } from './gate-layout.js';

/** Parameters of all quantizers in a program's state, with Adam's moments. */
const stacks = ['beta', 'phi'] as const;
type Stack = (typeof stacks)[number];
const parts = ['value', 'm', 'v'] as const;

/** Name of a part in a program's state. */
export const stackName = (stack: Stack, part: (typeof parts)[number]) =>
  `quantizers/${stack}/${part}`;

/** Names of all parts. */
export const stackNames = stacks.flatMap((stack) => parts.map((part) => stackName(stack, part)));

export interface DeviceQuantizers extends QuantizersInStep {
  /** Placeholder state until the quantizers are set. */
  initial(): NamedTensors;
}

export interface DeviceQuantizerSettings {
  readonly plan: Plan;
  readonly sites: readonly QuantizerSite[];
  /** The network's weight optimizer. */
  readonly optimizer: Optimizer;
  readonly optimizers: Readonly<Record<'ranges' | 'gates', AdamSettings>>;
  readonly learns?: readonly Learnable[] | undefined;
  readonly distribution: GatesOnDevice;
  /** The price's lambdas of each quantizer. */
  readonly lambdas: readonly (readonly number[])[];
}

/**
 * Ranges and gates in a step's state, as one vector each, updated in float32: the counterpart of the host's
 * `updateQuantizer` in float64. The host feeds noise, mu and rates, and fetches the batch's results.
 */
export function deviceQuantizers(settings: DeviceQuantizerSettings): DeviceQuantizers {
  const { plan, sites, optimizer, optimizers, learns = everything } = settings;
  if (sites.length === 0) return noQuantizers(plan, optimizer);
  const { size } = gateLayout(sites);
  const gates = deviceGates(sites, settings.distribution, settings.lambdas);
  const scalars = [...Object.keys(optimizer.rates), 'mu', ...stacks.flatMap(rateNames)];

  return {
    initial: () => ({
      ...zeros('beta', sites.length),
      ...zeros('phi', size),
    }),
    given: vectorLayout({ ...Object.fromEntries(scalars.map((name) => [name, 1])), noise: size }),
    result: resultLayout(plan),

    begin(given, state) {
      const beta = stackOf('beta', state);
      const phi = stackOf('phi', state);
      const sampled = gates.sample(phi.value, given['noise'] as tf.Tensor);
      const betas = tf.unstack(beta.value);
      const ranges = sites.flatMap(({ name, rounded }, index) =>
        rounded ? [[`${name}/beta`, betas[index] as tf.Tensor] as const] : [],
      );
      return {
        numbers: { ...given, ...sampled.numbers, ...Object.fromEntries(ranges) },
        finish({ crossEntropy, correct, quantizerGradients, finiteness }) {
          const price = gates.price(phi.value);
          const fromData = gates.phiGradients(sampled, quantizerGradients);
          const dphi = tf.add(fromData, tf.mul(given['mu'] as tf.Tensor, price.dphi));
          const newPhi = learns.includes('gates') ? moved('phi', phi, dphi, given) : phi;
          const dbeta = tf.stack(
            // Tensors that are not rounded have no range.
            sites.map(({ name }) => quantizerGradients[`${name}/beta`] ?? tf.scalar(0)),
          );
          const newBeta = learns.includes('ranges') ? moved('beta', beta, dbeta, given) : beta;
          const value = tf.maximum(newBeta.value, smallestBeta);
          const broken = tf.add(zeroIfFinite(value), zeroIfFinite(newPhi.value));
          return {
            told: {
              crossEntropy,
              correct,
              regularizer: price.value,
              quantizers: broken,
              finiteness,
            },
            changed: {
              ...named('beta', { ...newBeta, value }),
              ...named('phi', newPhi),
            },
          };
        },
      };
    },
  };

  function moved(stack: Stack, before: Adam, gradient: tf.Tensor, given: NamedTensors): Adam {
    const [rate, rootScale] = rateNames(stack).map((name) => given[name]) as [tf.Tensor, tf.Tensor];
    return adamTensors(optimizers[optimizerOf[stack]], { rate, rootScale }, before, gradient);
  }
}

/** Layout of a step's results for the host. */
function resultLayout(plan: Plan): VectorLayout {
  return vectorLayout({
    crossEntropy: 1,
    correct: 1,
    regularizer: 1,
    // 0 if ranges and gates are finite after the step, else NaN.
    quantizers: 1,
    finiteness: finitenessLength(plan),
  });
}

/** For a network in full precision. */
function noQuantizers(plan: Plan, { rates }: Optimizer): DeviceQuantizers {
  return {
    initial: () => ({}),
    given: vectorLayout(Object.fromEntries(Object.keys(rates).map((name) => [name, 1]))),
    result: resultLayout(plan),
    begin: (given) => ({
      numbers: given,
      finish({ crossEntropy, correct, finiteness }) {
        const [regularizer, quantizers] = [tf.scalar(0), tf.scalar(0)];
        return {
          told: { crossEntropy, correct, regularizer, quantizers, finiteness },
          changed: {},
        };
      },
    }),
  };
}

/** Settings key of each parameter's optimizer. */
export const optimizerOf = { beta: 'ranges', phi: 'gates' } as const;

/** Names of the fed rates of a parameter's Adam steps, `rate` and `rootScale`. */
export function rateNames(stack: Stack): [rate: string, rootScale: string] {
  return [`${stack}/rate`, `${stack}/rootScale`];
}

interface Adam {
  readonly value: tf.Tensor;
  readonly m: tf.Tensor;
  readonly v: tf.Tensor;
}

function stackOf(stack: Stack, state: Readonly<NamedTensors>): Adam {
  const part = (name: keyof Adam) => state[stackName(stack, name)] as tf.Tensor;
  return { value: part('value'), m: part('m'), v: part('v') };
}

function named(stack: Stack, adam: Adam): NamedTensors {
  return Object.fromEntries(parts.map((part) => [stackName(stack, part), adam[part]]));
}

function zeros(stack: Stack, length: number): NamedTensors {
  const zero = tf.zeros([length]);
  return named(stack, { value: zero, m: zero, v: zero });
}
