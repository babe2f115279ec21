import * as tf from '@tensorflow/tfjs-core';
import type { BitWidth } from '../../bayesian-bits/gates.js';
import { integerEnds, rangeEnd } from '../../bayesian-bits/grid.js';
import type { Activation } from '../../nn/activation.js';
import { computed, gridStep } from '../grid-step.js';
import type { DeployedActivation } from '../network.js';
import type { GraphParts } from './graph.js';
import { floatTensor, integerTensor } from './tensors.js';

/**
 * Add the activation after a layer or a sum: QuantizeLinear and DequantizeLinear, which round to even and
 * saturate at the ends of their integer type, so that unsigned integers act as the ReLU. A signed grid is
 * stored as unsigned integers with a zero point in the middle, since onnxruntime 1.30 converts signed
 * integers around max pooling to unsigned ones and then fails to load the file. Grids of up to 8 bits use
 * 8-bit integers, with which onnxruntime computes; narrower ones would not shrink the file, which stores no
 * activations, and onnxruntime 1.32 does not load max pooling after 4-bit ones. A preceding Clip narrows the
 * integers to the grid.
 *
 * @param x a value's name
 * @param name of the layer or sum
 * @returns the output's name
 */
export function addActivation(
  graph: GraphParts,
  x: string,
  name: string,
  { bits, beta, function: other }: DeployedActivation,
): string {
  const nonlinearity: Activation = other ?? 'relu';
  const clip = (input: string, to: string, low: number, high: number) =>
    graph.node('Clip', `${name}/${to}`, [
      input,
      graph.initializer(`${name}/${to}/low`, floatTensor([], [low])),
      graph.initializer(`${name}/${to}/high`, floatTensor([], [high])),
    ]);
  const signed = nonlinearity === 'none';
  const below6 = nonlinearity === 'relu6' ? clip(x, 'relu6', 0, 6) : x;
  if (bits === null || beta === null) {
    return nonlinearity === 'relu' ? graph.node('Relu', `${name}/relu`, [x]) : below6;
  }
  if (bits === 32) {
    const high = computed(() => rangeEnd(tf.scalar(beta)));
    return clip(below6, 'clip', signed ? -high : 0, high);
  }
  const container = { bits: bits > 8 ? 16 : 8, signed: false } as const;
  const step = gridStep(bits as BitWidth, beta, signed);
  const { lowest, highest } = integerEnds(bits, signed);
  const isFilled = container.bits === bits && !signed;
  const inside = isFilled
    ? below6
    : clip(below6, 'clip', Math.fround(lowest * step), Math.fround(highest * step));
  const scale = graph.initializer(`${name}/step`, floatTensor([], [step]));
  const zeroPoint = signed ? 2 ** (container.bits - 1) : 0;
  const zero = graph.initializer(`${name}/zero`, integerTensor([], [zeroPoint], container));
  const quantized = graph.node('QuantizeLinear', `${name}/quantize`, [inside, scale, zero]);
  return graph.node('DequantizeLinear', `${name}/dequantize`, [quantized, scale, zero]);
}
