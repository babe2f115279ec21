import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../compile/program.js';
import type { Config } from '../config/config.js';
import type { Plan } from '../nn/plan.js';
import { randomStream, type RandomStream } from '../random.js';
import { budgetController, checkBudget, meetBudget, settledShare } from './budget.js';
import { setUpGates } from './gate-setup.js';
import { initialWeights } from './initial-weights.js';
import { checkLearning, learnedParameters } from './learned-parameters.js';
import { createLearner, type Learner } from './learner.js';
import type { Phase, PhaseSizes } from './phase.js';
import { noNoise, testTimeCost, uniformNoise } from './quantizer-state.js';
import { scheduleFactor, warmedUp } from './schedule.js';

/**
 * Training with gates.
 *
 * @param ranges a few training images, from which the ranges are set in training mode, and the noise
 *   of the gates meanwhile
 * @param start the network's variables and statistics; without it they are random
 */
export function mainPhase(
  config: Config,
  plan: Plan,
  sizes: PhaseSizes,
  ranges: { images: Float32Array; count: number; stream: RandomStream },
  start?: NamedTensors,
): Phase {
  const { seed, training, gates } = config;
  checkLearning(learnedParameters(plan, config), config);
  const initial = start ?? initialWeights(plan, randomStream(seed, 'initial weights'));
  const learner = createLearner(
    {
      plan,
      gates: setUpGates(plan, config),
      weighting: config.regularizer.weighting,
      mu: config.mu,
      optimizers: config.optimizers,
      ...sizes,
      rangeImages: ranges.count,
      learns: training.learns,
      clipGradients: training.clipGradients,
      batchNorm: training.batchNorm,
    },
    initial,
  );
  if (!start) tf.dispose(initial);
  const noiseOf = (stream: RandomStream) =>
    gates.sampling === 'stochastic' ? uniformNoise(stream) : noNoise;
  learner.initialiseRanges(ranges.images, noiseOf(ranges.stream));
  const muAt = config.target
    ? budgetStrength(config, plan, learner, config.target.relativeBopsPercent, sizes)
    : (done: number) => warmedUp(config.mu, done, config.regularizer.warmUpEpochs);
  return {
    plan,
    learner,
    noise: noiseOf(randomStream(seed, 'gates')),
    beforeStep: (done) => ({
      rateFactor: scheduleFactor(training.schedule, done, training.epochs),
      mu: muAt(done),
    }),
  };
}

/** mu as a budget needs it; towards the end the gates are set to meet it, and stay. */
function budgetStrength(
  { mu, training }: Config,
  plan: Plan,
  learner: Learner,
  targetPercent: number,
  { stepsPerEpoch }: PhaseSizes,
): (done: number) => number {
  checkBudget(plan, learner.quantizers(), targetPercent);
  const relativeBopsPercent = () => testTimeCost(plan, learner.quantizers()).relativeBopsPercent;
  const steps = stepsPerEpoch * training.epochs;
  const { muAt } = budgetController(targetPercent, mu, relativeBopsPercent(), steps);
  let isSettled = false;
  return (done) => {
    const share = done / training.epochs;
    if (!isSettled && share >= settledShare) {
      learner.setQuantizers(meetBudget(plan, learner.quantizers(), targetPercent));
      isSettled = true;
    }
    return isSettled ? 0 : muAt(relativeBopsPercent(), share);
  };
}
