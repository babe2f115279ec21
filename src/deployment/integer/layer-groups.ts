import { product } from '../../nn/shapes.js';
import type { DeployedLayer, DeployedTensor, GroupSizes } from '../network.js';
import type { LayerGroup } from './network.js';

/** A group's weights while they are planned: integers, before their array type is chosen. */
export type RealGroup = Omit<LayerGroup, 'weights'> & { readonly weights: Float64Array };

/** A layer's weights by group, each of shape [rows, columns, inputs, outputs]. */
export function layerGroups(
  { type, groups = 1, kernel = [] }: DeployedLayer,
  { shape, values }: DeployedTensor,
): RealGroup[] {
  if (typeof groups !== 'number') return unequalGroups(groups, product(kernel), values);
  const [inputs = NaN, outputs = NaN] = shape.slice(-2);
  const positions = type === 'dense' ? 1 : product(shape.slice(0, 2));
  const own = outputs / groups;
  return Array.from({ length: groups }, (_, group) => ({
    firstInput: group * inputs,
    inputs,
    firstOutput: group * own,
    outputs: own,
    weights: Float64Array.from({ length: positions * inputs * own }, (_, at) => {
      return values[Math.floor(at / own) * outputs + group * own + (at % own)] ?? NaN;
    }),
  }));
}

function unequalGroups(
  sizes: GroupSizes,
  positions: number,
  values: DeployedTensor['values'],
): RealGroup[] {
  let [firstInput, firstOutput, from] = [0, 0, 0];
  return sizes.map(([inputs, outputs]) => {
    const size = positions * inputs * outputs;
    const weights = Float64Array.from(values.subarray(from, from + size));
    const group = { firstInput, inputs, firstOutput, outputs, weights };
    from += size;
    firstInput += inputs;
    firstOutput += outputs;
    return group;
  });
}

/** Map all weights, given their input and output channels. */
export function mapWeights(
  groups: readonly RealGroup[],
  change: (weight: number, input: number, output: number) => number,
): RealGroup[] {
  return groups.map((group) => {
    const { firstInput, inputs, firstOutput, outputs } = group;
    return {
      ...group,
      weights: group.weights.map((weight, at) =>
        change(
          weight,
          firstInput + (Math.floor(at / outputs) % inputs),
          firstOutput + (at % outputs),
        ),
      ),
    };
  });
}
