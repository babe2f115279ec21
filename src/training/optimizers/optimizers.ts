import type { Config } from '../../config/config.js';
import { scaleByAdam, type AdamSettings } from './adam.js';
import { chain } from './chain.js';
import { clipByGlobalNorm } from './clip.js';
import { decayWeights, type DecaySettings } from './decay.js';
import { descend, scaleByLearningRate } from './descend.js';
import { nesterovMomentum, type MomentumSettings } from './nesterov.js';
import type { Transform } from './transform.js';

/** Optimizers of the network's variables by name. To add one, add a line. */
const optimizers = { adamw: adamW, sgd: nesterovSgd };
type OptimizerName = keyof typeof optimizers;

/** An optimizer's name and settings. */
type OptimizerSettings<N extends OptimizerName = OptimizerName> = {
  [K in N]: { readonly name: K } & Parameters<(typeof optimizers)[K]>[0];
}[N];

/** A config's settings with the optimizer's name; the default is AdamW. */
export function namedOptimizer(settings: Config['optimizers']['weights']) {
  return 'name' in settings ? settings : ({ name: 'adamw', ...settings } as const);
}

/** Make a weight optimizer. @param clipGradients maximum of the global gradient norm; default: no clipping */
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

/** An optimizer: a chain with a transform that changes the value. */
export type Optimizer = Transform;

/** Adam, with optional decoupled weight decay. */
export function adamW(
  settings: AdamSettings & Partial<Pick<DecaySettings, 'weightDecay'>>,
): Optimizer {
  return chain(scaleByAdam(settings), descend, ...decay(settings));
}

/** Stochastic gradient descent with Nesterov momentum and optional decoupled weight decay. */
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

/** Without weight decay no operation is added. */
function decay({ learningRate, weightDecay = 0 }: Partial<DecaySettings>): Transform[] {
  if (learningRate === undefined || weightDecay === 0) return [];
  return [decayWeights({ learningRate, weightDecay })];
}

/** The name of a variable's slot, in a program's state and in checkpoints. */
export function slotName(slot: string, variable: string): string {
  return `${slot}/${variable}`;
}
