import * as tf from '@tensorflow/tfjs-core';
import { prices } from '../../bayesian-bits/prices.js';
import type { NamedTensors, ProgramMode } from '../../compile/entry.js';
import { RefusedByXla } from '../../compile/xla/refused.js';
import type { Config } from '../../config/config.js';
import { UserError } from '../../errors.js';
import { foldBatchNorms } from '../../nn/fold-batch-norms.js';
import type { Plan } from '../../nn/plan.js';
import { randomStream } from '../../random.js';
import { createLearner } from '../learner.js';
import { setUpGates } from '../../setup/gate-setup.js';
import type { PhaseSizes } from '../../setup/batch-sizes.js';
import { objectiveOf } from '../objective.js';
import type { Phase } from './phase.js';
import { fixedAtTestTime, noNoise } from '../quantizer-state.js';
import { weightsOf } from '../trainer-state.js';
import { weightOptimizer } from '../optimizers/optimizers.js';
import { scheduled } from '../optimizers/schedule.js';

/**
 * Fine-tuning after training: gates fixed at their test-time values, folded batch norms merged into the
 * weights and all others frozen, learning rates of weights and ranges decaying to 0. The gated network is
 * fine-tuned; its dropped channels can be removed afterwards. Quantizers are set later.
 *
 * Source: van Baalen et al., NeurIPS 2020, fine-tuning with fixed gates.
 *
 * @param plan of the network without folded batch norms
 * @param initial its variables and statistics
 * @param mode of the preceding training in the same run
 */
export function fineTuningPhase(
  config: Config,
  plan: Plan,
  sizes: PhaseSizes,
  initial: NamedTensors,
  mode?: ProgramMode,
): Phase {
  const { epochs, weights, ranges } = config.fineTuning;
  const falling = (rate: number) => scheduled(rate, 'cosine', epochs);
  const sgd = { name: 'sgd', ...weights, learningRate: falling(weights.learningRate) } as const;
  const adam = { ...config.optimizers.ranges, learningRate: falling(ranges.learningRate) };
  const learner = createLearner(
    {
      plan,
      gates: setUpGates(plan, config),
      price: prices[config.regularizer.weighting],
      optimizers: {
        weights: weightOptimizer(sgd, config.training.clipGradients),
        ranges: adam,
        gates: config.optimizers.gates,
      },
      ...sizes,
      learns: ['weights', 'biases', 'ranges'],
      batchNorm: 'frozen',
      objective: objectiveOf(config),
      averageWeights: config.training.averageWeights,
      dropout: (step) => randomStream(config.seed, `dropout in step ${step} of fine-tuning`),
      ...(mode === undefined ? {} : { mode }),
    },
    initial,
  );
  return {
    plan,
    learner,
    noise: noNoise,
    beforeStep: (done) => ({ mu: 0, epochsDone: done }),
    needsHost: () => false,
  };
}

/**
 * The fine-tuning phase that follows the main phase, which is disposed of first, as a device may lack memory
 * for both. It keeps the main phase's mode, since a run has a single mode.
 *
 * @throws UserError if XLA compiled training but cannot compile fine-tuning
 */
export function fineTuningAfter(main: Phase, config: Config, plan: Plan, sizes: PhaseSizes): Phase {
  const { learner } = main;
  const weights = weightsOf(main);
  const initial = foldBatchNorms(main.plan, plan, weights);
  const quantizers = learner.quantizers().map(fixedAtTestTime);
  const { mode } = learner.compiled;
  learner.dispose();
  try {
    const phase = fineTuningPhase(config, plan, sizes, initial, mode);
    phase.learner.setQuantizers(quantizers);
    return phase;
  } catch (cause) {
    if (!(cause instanceof RefusedByXla)) throw cause;
    throw new UserError(
      `fineTuning: XLA compiled the steps of training, but cannot compile those of fine-tuning: ` +
        `${cause.message}. If the device is out of memory, stop its other processes and continue with bbits ` +
        'resume; otherwise train without fine-tuning: fineTuning.epochs=0',
      1,
      { cause },
    );
  } finally {
    tf.dispose([weights, initial]);
  }
}
