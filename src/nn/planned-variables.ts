import type { InitialWeights } from './network.js';
import type { PlannedBatchNorm, StatisticSpec, VariableSpec, WeightedLayer } from './plan.js';
import { product } from './shapes.js';

/** The variables and running statistics of a layer with weights. */
export function plannedVariables(
  { weight, bias, batchNorm, outputShape }: WeightedLayer,
  weightShape: readonly number[],
  kind: InitialWeights,
): { variables: VariableSpec[]; statistics: StatisticSpec[] } {
  const shape = outputShape.slice(-1);
  const filled = (name: string, value: number) => ({ name, shape, initial: { value } });
  const initial = initials(kind, product(weightShape.slice(0, -1)));
  const variables: VariableSpec[] = [
    { name: weight, kind: 'weights', shape: weightShape, initial: initial.weight },
  ];
  if (bias !== undefined) {
    variables.push({ name: bias, kind: 'biases', shape, initial: initial.bias });
  }
  if (!batchNorm) return { variables, statistics: [] };
  const { scale, shift, mean, variance } = batchNorm;
  variables.push({ ...filled(scale, 1), kind: 'weights' });
  variables.push({ ...filled(shift, 0), kind: 'biases' });
  return { variables, statistics: [filled(mean, 0), filled(variance, 1)] };
}

type Initials = Record<'weight' | 'bias', VariableSpec['initial']>;

function initials(kind: InitialWeights, fanIn: number): Initials {
  switch (kind) {
    case 'uniform': {
      const uniform = 1 / Math.sqrt(fanIn);
      return { weight: { uniform }, bias: { uniform } };
    }
    case 'he-normal':
      return { weight: { normal: Math.sqrt(2 / fanIn) }, bias: { value: 0 } };
  }
}

export function plannedBatchNorm(layer: string, kind: PlannedBatchNorm['kind']): PlannedBatchNorm {
  return {
    kind,
    scale: `${layer}/scale`,
    shift: `${layer}/shift`,
    mean: `${layer}/running-mean`,
    variance: `${layer}/running-variance`,
  };
}
