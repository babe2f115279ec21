import { planNetwork } from '../src/nn/plan-network.js';
import type { Plan, Step } from '../src/nn/plan.js';
import { models } from '../src/models/models.js';
import type { Suite } from './suites.js';

/** Size of a float32. */
const bytes = 4;

/**
 * Minimum memory traffic of a step's quantizers, in bytes: each reads x and writes y in the forward pass, and
 * reads dy and x and writes dx in the backward pass.
 */
export function quantizerBytes({ model, width, imageShape, batchSize }: Suite): number {
  const network = models[model]({ classes: 10, width, batchNorm: 'unfolded' });
  const plan = planNetwork(network, imageShape);
  const sizes = sizesOf(plan, batchSize);
  const numbers = plan.quantizers.reduce((sum, { name }) => sum + (sizes.get(name) ?? NaN), 0);
  return bytes * (2 + 3) * numbers;
}

/** Number of elements of each quantized tensor, by its quantizer's name. */
function sizesOf(plan: Plan, batchSize: number): Map<string, number> {
  const sizes = new Map(plan.variables.map(({ name, shape }) => [name, product(shape)]));
  const note = (activation: string | undefined, shape: readonly number[]) => {
    if (activation !== undefined) sizes.set(activation, batchSize * product(shape));
  };
  const visit = (steps: readonly Step[]) => {
    for (const step of steps) {
      if (step.type === 'weighted') note(step.layer.activation, step.layer.outputShape);
      if (step.type !== 'residual') continue;
      note(step.activation, step.outputShape);
      visit(step.branch);
      visit(step.shortcut);
    }
  };
  visit(plan.steps);
  return sizes;
}

function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
