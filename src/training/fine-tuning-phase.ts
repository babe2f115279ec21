import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../compile/program.js';
import type { Config } from '../config/config.js';
import { foldBatchNorms } from '../nn/fold-batch-norms.js';
import type { Plan } from '../nn/plan.js';
import { createLearner } from './learner.js';
import { setUpGates } from './gate-setup.js';
import type { Phase, PhaseSizes } from './phase.js';
import { fixedAtTestTime, noNoise } from './quantizer-state.js';
import { scheduleFactor } from './schedule.js';

/**
 * Fine-tuning after training: gates fixed at their test-time values, folded batch norms inside the
 * weights for good and the others as they are, weights and ranges with rates that fall to 0. What is
 * fine-tuned is the gated network; its dropped channels can be taken out afterwards.
 *
 * Source: van Baalen et al., NeurIPS 2020, fine-tuning with fixed gates.
 *
 * @param main the phase before it
 * @param weights its variables and statistics
 * @param plan of the network without folded batch norms
 */
export function fineTuningPhase(
  config: Config,
  main: Phase,
  weights: NamedTensors,
  plan: Plan,
  sizes: PhaseSizes,
): Phase {
  const { epochs, weights: optimizer, ranges } = config.fineTuning;
  const adam = { ...config.optimizers.ranges, learningRate: ranges.learningRate };
  const initial = foldBatchNorms(main.plan, plan, weights);
  const learner = createLearner(
    {
      plan,
      gates: setUpGates(plan, config),
      weighting: config.regularizer.weighting,
      mu: 0,
      optimizers: { weights: optimizer, ranges: adam, gates: config.optimizers.gates },
      ...sizes,
      rangeImages: 1,
      learns: ['weights', 'biases', 'ranges'],
      clipGradients: config.training.clipGradients,
      batchNorm: 'frozen',
    },
    initial,
  );
  tf.dispose(initial);
  learner.setQuantizers(main.learner.quantizers().map(fixedAtTestTime));
  return {
    plan,
    learner,
    noise: noNoise,
    beforeStep(done) {
      const factor = scheduleFactor('cosine', done, epochs);
      return { rateFactor: factor, rangeRateFactor: factor };
    },
  };
}
