import type { Learnable } from '../config/learnable.js';
import type { VariableSpec } from '../nn/plan.js';

/** Whether a variable of the network is trained. */
export function isLearned({ name }: VariableSpec, learns: readonly Learnable[]): boolean {
  const isBias = name.endsWith('/bias') || name.endsWith('/shift');
  return learns.includes(isBias ? 'biases' : 'weights');
}
