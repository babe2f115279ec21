import type { Config } from '../../config/config.js';
import { scaleByAdam, type AdamSettings } from './adam.js';
import { chain } from './chain.js';
import { clipByGlobalNorm } from './clip.js';
import { decayWeights, type DecaySettings } from './decay.js';
import { descend, scaleByLearningRate } from './descend.js';
import { nesterovMomentum, type MomentumSettings } from './nesterov.js';
import type { Transform } from './transform.js';

/** How the network's variables can be moved, by name; a new optimizer is a line here. */
const optimizers = { adamw: adamW, sgd: nesterovSgd };
type OptimizerName = keyof typeof optimizers;

/** An optimizer of the table by its name, with its settings. */
type OptimizerSettings<N extends OptimizerName = OptimizerName> = {
  [K in N]: { readonly name: K } & Parameters<(typeof optimizers)[K]>[0];
}[N];

/** A config's settings with the name of their optimizer: AdamW where they have none. */
export function namedOptimizer(settings: Config['optimizers']['weights']) {
  return 'name' in settings ? settings : ({ name: 'adamw', ...settings } as const);
}

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
  return chain(scaleByAdam(settings), descend, ...decay(settings));
}

/** Stochastic gradient descent with Nesterov's momentum, and decoupled weight decay where it is given. */
export function nesterovSgd(
  settings: MomentumSettings & Pick<DecaySettings, 'learningRate'> & Partial<DecaySettings>,
): Optimizer {
  const { learningRate } = settings;
  return chain(
    nesterovMomentum(settings),
    scaleByLearningRate(learningRate),
    descend,
    ...decay(settings),
  );
}

/** Nothing where weights do not decay: no operation is added. */
function decay({ learningRate, weightDecay = 0 }: Partial<DecaySettings>): Transform[] {
  if (learningRate === undefined || weightDecay === 0) return [];
  return [decayWeights({ learningRate, weightDecay })];
}

/** The name of what an optimizer keeps for a variable, in a program's state and in checkpoints. */
export function slotName(slot: string, variable: string): string {
  return `${slot}/${variable}`;
}
