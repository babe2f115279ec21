import type { Config } from '../config/config.js';
import { everything, type Learnable } from '../config/learnable.js';
import { UserError } from '../errors.js';
import type { Plan } from '../nn/plan.js';
import { sizeOfAll } from '../nn/shapes.js';
import { isFixed } from '../bayesian-bits/gate-distribution.js';
import { setUpGates } from './gate-setup.js';

/** The number of parameters of one kind, and how many of them are trained. */
export interface ParameterCount {
  readonly kind: 'weights' | 'biases' | 'channel gates' | 'bit gates' | 'ranges';
  readonly learned: number;
  readonly fixed: number;
}

/**
 * Count trained and constant parameters of each kind; an absent kind counts 0.
 *
 * @throws UserError (exit code 2) if the config contradicts itself
 */
export function learnedParameters(plan: Plan, config: Config): ParameterCount[] {
  const { learns } = config.training;
  const setups = setUpGates(plan, config);
  const sizes = (kinds: readonly Learnable[]) =>
    sizeOfAll(plan.variables.filter(({ kind }) => kinds.includes(kind)));
  const bitGates = setups
    .filter(({ site }) => site.rounded)
    .flatMap(({ distribution, bits }) => bits.map((phi) => isFixed(distribution, phi)));
  const free = bitGates.filter((fixed) => !fixed).length;
  const channels = setups.reduce((sum, { site }) => sum + site.gatedChannels, 0);
  const ranges = setups.filter(({ site }) => site.rounded).length;

  const split = (kind: ParameterCount['kind'], all: number, mayLearn: number, by: Learnable) => {
    const learned = learns.includes(by) ? mayLearn : 0;
    return { kind, learned, fixed: all - learned };
  };
  const [weights, biases] = [sizes(['weights']), sizes(['biases'])];
  return [
    split('weights', weights, weights, 'weights'),
    split('biases', biases, biases, 'biases'),
    split('channel gates', channels, channels, 'gates'),
    split('bit gates', bitGates.length, free, 'gates'),
    split('ranges', ranges, ranges, 'ranges'),
  ];
}

/**
 * Check that something learns, and that gates do if there is a budget.
 *
 * @param counts from the same config
 * @throws UserError (exit code 2) otherwise, or if gates.frozenShare is set together with a budget
 */
export function checkLearning(
  counts: readonly ParameterCount[],
  { training, target, gates }: Pick<Config, 'training' | 'target' | 'gates'>,
): void {
  const learned = counts.filter(({ learned }) => learned > 0).map(({ kind }) => kind);
  if (learned.length === 0) {
    throw new UserError(
      `training.learns: found [${training.learns.join(', ')}], none of which this network can learn; ` +
        `expected another of ${everything.join(', ')}, or learned bits or channels. Change the config.`,
      2,
    );
  }
  if (target && gates.frozenShare !== undefined) {
    throw new UserError(
      `gates.frozenShare: found ${gates.frozenShare} together with a target, which already fixes the ` +
        'gates for the last quarter of training; expected only one of the two. Remove one from the config.',
      2,
    );
  }
  if (target && !learned.includes('channel gates') && !learned.includes('bit gates')) {
    throw new UserError(
      'target: found a budget, but no gates that learn; expected learned bits or channels in ' +
        'quantization, and gates in training.learns. Change the config.',
      2,
    );
  }
}
