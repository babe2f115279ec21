import { scaleByAdam, type AdamSettings } from './adam.js';
import { chain } from './chain.js';
import { clipByGlobalNorm } from './clip.js';
import { decayWeights, type DecaySettings } from './decay.js';
import { descend, scaleByLearningRate } from './descend.js';
import { nesterovMomentum, type MomentumSettings } from './nesterov.js';
import type { LearningRate } from './schedule.js';
import type { Transform } from './transform.js';

/** How the network's variables can be moved, by name; a new optimizer is a line here. */
const optimizers = { adamw: adamW, sgd: nesterovSgd };
type OptimizerName = keyof typeof optimizers;

/** An optimizer of the table by its name, with its settings. */
type OptimizerSettings<N extends OptimizerName = OptimizerName> = {
  [K in N]: { readonly name: K } & Parameters<(typeof optimizers)[K]>[0];
}[N];

/** @param clipGradients the largest norm of the gradients to all variables together; default: any */
export function weightOptimizer<N extends OptimizerName>(
  settings: OptimizerSettings<N>,
  clipGradients?: number,
): Optimizer {
  const table: { [K in OptimizerName]: (settings: OptimizerSettings<K>) => Optimizer } = optimizers;
  const optimizer = table[settings.name](settings);
  return clipGradients === undefined
    ? optimizer
    : chain(clipByGlobalNorm(clipGradients), optimizer);
}

/** What moves the network's variables: a chain with a transform that changes the value. */
export type Optimizer = Transform;

/** Adam, with decoupled weight decay where it is given. */
export function adamW(
  settings: AdamSettings & Partial<Pick<DecaySettings, 'weightDecay'>>,
): Optimizer {
  const { learningRate, weightDecay = 0 } = settings;
  const decay = weightDecay === 0 ? [] : [decayWeights({ learningRate, weightDecay })];
  return chain(scaleByAdam(settings), descend, ...decay);
}

/** Stochastic gradient descent with Nesterov's momentum. */
export function nesterovSgd(
  settings: MomentumSettings & { readonly learningRate: LearningRate },
): Optimizer {
  return chain(nesterovMomentum(settings), scaleByLearningRate(settings.learningRate), descend);
}

/** The name of what an optimizer keeps for a variable, in a program's state and in checkpoints. */
export function slotName(slot: string, variable: string): string {
  return `${slot}/${variable}`;
}
