import type { BitWidth } from '../../bayesian-bits/gates.js';
import type { DeployedTensor } from '../network.js';
import type { GraphParts } from './graph.js';
import { containerOf, type Opset } from './opsets.js';
import { floatTensor, integerTensor } from './tensors.js';

/** A layer's weights and their factors. */
export interface ScaledWeight {
  /** Output channels last; integers below 32 bits. */
  readonly weight: DeployedTensor;
  readonly scale: number;
  /** For each output channel; undefined means 1. */
  readonly factor: ArrayLike<number> | undefined;
  /** null for full precision. */
  readonly bits: number | null;
}

/**
 * Add weights in ONNX's layout: [outputs, inputs, rows, columns] for a convolution, [inputs, outputs] for a
 * dense layer. Integers pass through DequantizeLinear, with one scale for each output channel if batch norm
 * left factors. Scales are positive: a channel with a negative factor negates its integers, which the
 * symmetric grid allows; one whose scale underflows in float32 becomes 0 with scale 1.
 *
 * @returns the name of the real weights
 * @throws Error for a scale that is not finite
 */
export function addWeight(
  graph: GraphParts,
  name: string,
  scaled: ScaledWeight,
  opset: Opset,
): string {
  const { scale, bits } = scaled;
  const { shape } = scaled.weight;
  const outputs = shape.at(-1) ?? NaN;
  const factors = Array.from({ length: outputs }, (_, at) => scaled.factor?.[at] ?? 1);
  const isDense = shape.length === 2;
  const laidOut = (ofChannel: (output: number) => number) => {
    const values = scaled.weight.values.map((value, at) => value * ofChannel(at % outputs));
    return isDense ? { shape, values } : outputsFirst(shape, values);
  };
  if (bits === null || bits === 32) {
    const { shape, values } = laidOut((output) => scale * (factors[output] ?? NaN));
    return graph.initializer(name, floatTensor(shape, values));
  }
  const scales = factors.map((factor) => Math.fround(scale * Math.abs(factor)));
  if (!scales.every(Number.isFinite)) throw new Error(`onnx: a scale of ${name} is not finite`);
  const whole = laidOut((output) => (scales[output] === 0 ? 0 : Math.sign(factors[output] ?? NaN)));
  const container = containerOf(bits as Exclude<BitWidth, 32>, true, opset);
  const integers = graph.initializer(name, integerTensor(whole.shape, whole.values, container));
  const isPerChannel = scaled.factor !== undefined;
  const positive = scales.map((each) => (each === 0 ? 1 : each));
  const step = graph.initializer(
    `${name}/scale`,
    isPerChannel ? floatTensor([outputs], positive) : floatTensor([], positive.slice(0, 1)),
  );
  const zero = graph.initializer(
    `${name}/zero`,
    integerTensor(
      isPerChannel ? [outputs] : [],
      isPerChannel ? scales.map(() => 0) : [0],
      container,
    ),
  );
  return graph.node(
    'DequantizeLinear',
    `${name}/dequantize`,
    [integers, step, zero],
    isPerChannel ? { axis: isDense ? 1 : 0 } : {},
  );
}

function outputsFirst(
  [rows = NaN, columns = NaN, inputs = NaN, outputs = NaN]: readonly number[],
  values: DeployedTensor['values'],
): DeployedTensor {
  const moved = values.slice();
  let to = 0;
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input < inputs; input++) {
      for (let position = 0; position < rows * columns; position++) {
        moved[to] = values[(position * inputs + input) * outputs + output] ?? NaN;
        to += 1;
      }
    }
  }
  return { shape: [outputs, inputs, rows, columns], values: moved };
}
