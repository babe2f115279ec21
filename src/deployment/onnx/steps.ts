import { UserError } from '../../errors.js';
import { typeOf, type WeightlessLayer } from '../../nn/layers/type-of.js';
import { marginsOf, pairOf, type Padding } from '../../nn/windows.js';
import type { DeployedResidual, DeployedStep } from '../network.js';
import { addActivation } from './activation.js';
import { addLayer, padsOf, type Target } from './layer.js';
import { floatTensor, indexTensor } from './tensors.js';
import type { Value } from './value.js';

/** Add steps in order. @param within prefix of names inside a sum, such as `block1/branch/` */
export function addSteps(
  target: Target,
  steps: readonly DeployedStep[],
  input: Value,
  within = '',
): Value {
  return steps.reduce((value, step, at) => {
    if (step.type === 'residual') return addResidual(target, step, value);
    if ('weight' in step) return addLayer(target, step, value);
    return addWeightless(target, step, value, `${within}${step.type}-${at + 1}`);
  }, input);
}

function addWeightless(
  { graph }: Target,
  step: WeightlessLayer,
  { name: x, shape }: Value,
  name: string,
): Value {
  const outputShape = typeOf(step).outputShape(step, shape);
  if (x === undefined) return { name: undefined, shape: outputShape };
  return { name: add(x), shape: outputShape };

  function add(x: string): string {
    switch (step.type) {
      case 'max-pool':
        return graph.node('MaxPool', name, [x], windowAttributes(step));
      case 'average-pool': {
        if (step.size !== undefined) {
          return graph.node(
            'AveragePool',
            name,
            [x],
            windowAttributes({ ...step, size: step.size }),
          );
        }
        const mean = graph.node('GlobalAveragePool', `${name}/image`, [x]);
        return graph.node('Flatten', name, [mean]);
      }
      case 'flatten': {
        // The next layer's weight has its inputs in the order of rows, columns, channels.
        const channelsLast = graph.node('Transpose', `${name}/channels-last`, [x], {
          perm: [0, 2, 3, 1],
        });
        return graph.node('Flatten', name, [channelsLast]);
      }
      case 'subsample': {
        const index = (to: string, values: number[]) =>
          graph.initializer(`${name}/${to}`, indexTensor(values));
        const [height = NaN, width = NaN] = shape;
        return graph.node('Slice', name, [
          x,
          index('from', [0, 0]),
          index('to', [height, width]),
          index('axes', [2, 3]),
          index('stride', [step.stride, step.stride]),
        ]);
      }
      case 'dropout': // Deployed networks contain no dropout.
      default:
        throw new UserError(
          `A layer of type ${step.type} cannot be written as ONNX; write this network with: --format safetensors`,
          1,
        );
    }
  }
}

function windowAttributes({
  size,
  stride = size,
  padding = 0,
}: {
  readonly size: number | readonly [number, number];
  readonly stride?: number | readonly [number, number];
  readonly padding?: Padding;
}) {
  if (padding === 'same') throw new Error('onnx: a deployed layer states its padding in pixels');
  return {
    kernel_shape: pairOf(size),
    strides: pairOf(stride),
    pads: padsOf(marginsOf(padding)),
  };
}

function addResidual(target: Target, step: DeployedResidual, input: Value): Value {
  const { graph, tensor } = target;
  const { name, outputShape: shape, channels, constant, activation } = step;
  if (channels.length === 0) return { name: undefined, shape };
  const [branch, shortcut] = [
    addSteps(target, step.branch, input, `${name}/branch/`),
    addSteps(target, step.shortcut, input, `${name}/shortcut/`),
  ];
  const summands = [
    placed(branch, step.branchChannels, `${name}/branch`),
    placed(shortcut, step.shortcutChannels, `${name}/shortcut`),
  ].filter((summand) => summand !== undefined);
  const [first, second] = summands;
  if (first === undefined) throw new Error(`onnx: nothing is added in "${name}"`);
  const sum = second === undefined ? first : graph.node('Add', `${name}/sum`, [first, second]);
  const added =
    constant === undefined
      ? sum
      : graph.node('Add', `${name}/with-constant`, [
          sum,
          graph.initializer(
            constant,
            floatTensor([channels.length, ...shape.slice(1).map(() => 1)], tensor(constant).values),
          ),
        ]);
  return { name: addActivation(graph, added, name, activation), shape };

  /** Scatter channels to their positions in the sum; the others are zero. */
  function placed({ name: x, shape }: Value, places: readonly number[], to: string) {
    if (x === undefined || places.length === 0) return undefined;
    if (places.length === channels.length) return x;
    const after = [0, 1, ...shape.slice(1).map(() => 0)];
    const padded = graph.node('Pad', `${to}/with-zeros`, [
      x,
      graph.initializer(`${to}/pads`, indexTensor([...after.map(() => 0), ...after])),
    ]);
    const from = channels.map((_, channel) => {
      const at = places.indexOf(channel);
      return at < 0 ? places.length : at;
    });
    const order = graph.initializer(`${to}/channels`, indexTensor(from));
    return graph.node('Gather', `${to}/placed`, [padded, order], { axis: 1 });
  }
}
