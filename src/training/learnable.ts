import type { VariableSpec } from '../nn/plan.js';

/** What can be trained. Weights include batch norms' scales, biases their shifts. */
export type Learnable = 'weights' | 'biases' | 'gates' | 'ranges';

export const everything: readonly Learnable[] = ['weights', 'biases', 'gates', 'ranges'];

/** Whether a variable of the network is trained. */
export function isLearned({ name }: VariableSpec, learns: readonly Learnable[]): boolean {
  const isBias = name.endsWith('/bias') || name.endsWith('/shift');
  return learns.includes(isBias ? 'biases' : 'weights');
}
