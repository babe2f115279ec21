import type { BitWidth } from '../../bayesian-bits/gates.js';
import { integerEnds } from '../../bayesian-bits/grid.js';
import type { DeployedActivation } from '../network.js';
import { gridStep } from '../grid-step.js';
import type { Range } from './network.js';

/** A quantizer's grid: step size and integer range. */
export interface Grid {
  readonly unit: number;
  readonly ends: Range;
}

/** The grid of an activation of at most 16 bits. */
export function gridOf({ bits, beta, function: other }: DeployedActivation): Grid {
  if (bits === null || beta === null) throw new Error('integers: an activation without a grid');
  const signed = other === 'none';
  const unit = gridStep(bits as BitWidth, beta, signed);
  const { lowest: low, highest } = integerEnds(bits, signed);
  // A ReLU6 reaches at most the integer nearest to 6 / unit, even if the grid goes further.
  const high = other === 'relu6' ? Math.min(highest, toEven(Math.fround(6 / unit))) : highest;
  return { unit, ends: { low, high } };
}

function toEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}
