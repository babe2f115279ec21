import { product } from '../../nn/shapes.js';
import { marginsOf, pairOf, type Margins } from '../../nn/windows.js';
import type { DeployedLayer, DeployedTensor, GroupSizes } from '../network.js';
import { addActivation } from './activation.js';
import type { GraphParts } from './graph.js';
import type { Opset } from './opsets.js';
import { floatTensor, indexTensor } from './tensors.js';
import { channelsFirst, type Value } from './value.js';
import { addWeight } from './weights.js';

/** The graph under construction, and the tensors that it is made from. */
export interface Target {
  readonly graph: GraphParts;
  readonly opset: Opset;
  readonly tensor: (name: string) => DeployedTensor;
  /** Name of the network's input, whose first axis is the batch. */
  readonly images: string;
}

/** Add a convolution or a dense layer with its bias and activation. */
export function addLayer(target: Target, step: DeployedLayer, input: Value): Value {
  const { graph } = target;
  const { name, outputShape, activation } = step;
  if (product(outputShape) === 0) return { name: undefined, shape: outputShape };
  const y =
    input.name === undefined ? addConstant(target, step) : addLinear(target, step, input.name);
  const result = activation ? addActivation(graph, y, name, activation) : y;
  return { name: result, shape: outputShape };
}

/** Add a layer that has no inputs left: its output is its bias for each image. */
function addConstant(target: Target, step: DeployedLayer): string {
  const { graph, images } = target;
  const { name, outputShape } = step;
  const index = (to: string, values: number[]) =>
    graph.initializer(`${name}/${to}`, indexTensor(values));
  const count = graph.node('Slice', `${name}/image-count`, [
    graph.node('Shape', `${name}/images-shape`, [images]),
    index('first', [0]),
    index('second', [1]),
  ]);
  const one = index('shape-of-one', channelsFirst(outputShape));
  const shape = graph.node('Concat', `${name}/shape`, [count, one], { axis: 0 });
  return graph.node('Expand', name, [addBias(target, step), shape]);
}

function addLinear(target: Target, step: DeployedLayer, input: string): string {
  const { graph, opset, tensor } = target;
  const { name, groups = 1 } = step;
  const isWhole = typeof groups === 'number';
  const stored = tensor(step.weight);
  const weight = addWeight(
    graph,
    step.weight,
    {
      weight: isWhole ? stored : withoutGroups(stored, step.kernel ?? [], groups),
      scale: tensor(step.scale).values[0] ?? NaN,
      factor: step.factor === undefined ? undefined : tensor(step.factor).values,
      bits: step.weightBits,
    },
    opset,
  );
  // A separate Add: onnxruntime's default sessions round a Conv's bias to 32-bit integers.
  return graph.node('Add', `${name}/with-bias`, [multiplied(), addBias(target, step)]);

  function multiplied(): string {
    if (step.type === 'dense') return graph.node('MatMul', name, [input, weight]);
    return graph.node('Conv', name, [input, weight], {
      strides: pairOf(step.stride ?? 1),
      pads: padsOf(marginsOf(step.padding ?? 0)),
      group: isWhole ? groups : 1,
    });
  }
}

/** Padding in ONNX's order: row and column starts, then ends. */
export function padsOf([[top, bottom], [left, right]]: Margins): number[] {
  return [top, left, bottom, right];
}

/** Add a layer's bias, broadcast over images. */
function addBias(
  { graph, tensor }: Target,
  { bias: name, biasRows, biasColumns, outputShape }: DeployedLayer,
): string {
  const { values } = tensor(name);
  const [height = 1, width = 1] = outputShape.length === 1 ? [] : outputShape;
  const channels = outputShape.at(-1) ?? NaN;
  if (biasRows === undefined || biasColumns === undefined) {
    const shape = outputShape.length > 1 ? [channels, 1, 1] : [channels];
    return graph.initializer(name, floatTensor(shape, values));
  }
  const [rows, columns] = [tensor(biasRows).values, tensor(biasColumns).values];
  const [, columnPatterns = NaN] = tensor(name).shape;
  const all: number[] = [];
  for (let channel = 0; channel < channels; channel++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const vector = (rows[row] ?? NaN) * columnPatterns + (columns[column] ?? NaN);
        all.push(values[vector * channels + channel] ?? NaN);
      }
    }
  }
  return graph.initializer(name, floatTensor([channels, height, width], all));
}

/** Groups of different sizes as one convolution, with zero weights between groups. */
function withoutGroups(
  { values }: DeployedTensor,
  kernel: readonly number[],
  groups: GroupSizes,
): DeployedTensor {
  const positions = product(kernel);
  const inputs = groups.reduce((sum, [own]) => sum + own, 0);
  const outputs = groups.reduce((sum, [, own]) => sum + own, 0);
  const whole = new (values.constructor as typeof Float32Array)(positions * inputs * outputs);
  let [from, firstInput, firstOutput] = [0, 0, 0];
  for (const [ownInputs, ownOutputs] of groups) {
    for (let position = 0; position < positions; position++) {
      for (let input = 0; input < ownInputs; input++) {
        const row = (position * inputs + firstInput + input) * outputs + firstOutput;
        whole.set(values.subarray(from, from + ownOutputs), row);
        from += ownOutputs;
      }
    }
    firstInput += ownInputs;
    firstOutput += ownOutputs;
  }
  return { shape: [...kernel, inputs, outputs], values: whole };
}
