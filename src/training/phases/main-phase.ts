import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../../compile/entry.js';
import type { Config } from '../../config/config.js';
import type { Plan } from '../../nn/plan.js';
import { prices } from '../../bayesian-bits/prices.js';
import { randomStream, type RandomStream } from '../../random.js';
import {
  budgetController,
  checkBudget,
  initialBudget,
  meetBudget,
  settledShare,
  type BudgetState,
} from '../budget.js';
import { setUpGates } from '../../setup/gate-setup.js';
import { initialWeights } from '../initial-weights.js';
import { checkLearning, learnedParameters } from '../../setup/learned-parameters.js';
import { createLearner, type Learner } from '../learner.js';
import type { PhaseSizes } from '../../setup/batch-sizes.js';
import type { Phase } from './phase.js';
import { noiseOf, testTimeCost, withTestTimeGates } from '../quantizer-state.js';
import { objectiveOf } from '../objective.js';
import { namedOptimizer, weightOptimizer } from '../optimizers/optimizers.js';
import { scheduled } from '../optimizers/schedule.js';
import { warmedUp } from './warm-up.js';

/**
 * Training with gates, before its first step; ranges are set later.
 *
 * @param stream for the gates' noise
 * @param start the network's variables and statistics; default: random
 * @throws UserError (exit code 2) if nothing would learn, or the budget cannot be met
 */
export function mainPhase(
  config: Config,
  plan: Plan,
  sizes: PhaseSizes,
  stream: RandomStream,
  start?: NamedTensors,
): Phase {
  const { seed, training, gates, optimizers } = config;
  const { schedule, epochs, clipGradients } = training;
  const learningRate = scheduled(optimizers.weights.learningRate, schedule, epochs);
  const weights = weightOptimizer(
    { ...namedOptimizer(optimizers.weights), learningRate },
    clipGradients,
  );
  checkLearning(learnedParameters(plan, config), config);
  const initial = start ?? initialWeights(plan, randomStream(seed, 'initial weights'));
  const learner = createLearner(
    {
      plan,
      gates: setUpGates(plan, config),
      price: prices[config.regularizer.weighting],
      optimizers: { ...optimizers, weights },
      ...sizes,
      learns: training.learns,
      batchNorm: training.batchNorm,
      objective: objectiveOf(config),
      averageWeights: training.averageWeights,
      dropout: (step) => randomStream(seed, `dropout in step ${step}`),
    },
    initial,
  );
  if (!start) tf.dispose(initial);
  const budget = config.target
    ? budgetStrength(config, plan, learner, config.target.relativeBopsPercent, sizes)
    : undefined;
  const muAt =
    budget?.muAt ?? ((done: number) => warmedUp(config.mu, done, config.regularizer.warmUpEpochs));
  // Freeze once, also after a resume: freezing already fixed gates changes nothing.
  let areFrozen = false;
  const freezesAt = (done: number) => !areFrozen && isFrozen(config, done);
  return {
    plan,
    learner,
    noise: noiseOf(gates.sampling, stream),
    beforeStep(done) {
      if (freezesAt(done)) {
        learner.setQuantizers(learner.quantizers().map(withTestTimeGates));
        areFrozen = true;
      }
      return { epochsDone: done, mu: muAt(done) };
    },
    needsHost: (done) => freezesAt(done) || budget?.state.isSettled === false,
    ...(budget ? { budget } : {}),
  };
}

/** Whether `done` epochs reach the last `frozenShare` of training, where gates are fixed as at test time. */
export function isFrozen({ gates, training }: Config, done: number): boolean {
  const { epochs } = training;
  // Rounding: 0.3 * 10 epochs may be slightly less than 3, and the remaining epochs slightly more.
  const tolerance = 1e-9;
  return gates.frozenShare !== undefined && epochs - done <= gates.frozenShare * epochs + tolerance;
}

/** mu controlled by a budget; towards the end, the gates are set to meet the budget and then fixed. */
function budgetStrength(
  { mu, training }: Config,
  plan: Plan,
  learner: Learner,
  targetPercent: number,
  { stepsPerEpoch }: PhaseSizes,
): { state: BudgetState; readonly muAt: (done: number) => number } {
  checkBudget(plan, learner.quantizers(), targetPercent);
  const relativeBopsPercent = () => testTimeCost(plan, learner.quantizers()).relativeBopsPercent;
  const steps = stepsPerEpoch * training.epochs;
  const controller = budgetController(targetPercent, mu, relativeBopsPercent(), steps);
  const budget = {
    state: initialBudget,
    muAt(done: number): number {
      const share = done / training.epochs;
      if (!budget.state.isSettled && share >= settledShare) {
        learner.setQuantizers(meetBudget(plan, learner.quantizers(), targetPercent));
        budget.state = { ...budget.state, isSettled: true };
      }
      if (budget.state.isSettled) return 0;
      const next = controller.muAt(relativeBopsPercent(), share, budget.state.integral);
      budget.state = { ...budget.state, integral: next.integral };
      return next.mu;
    },
  };
  return budget;
}
