import type { Integers, LayerGroup, LayerStep } from '../network.js';
import { rescalePixel } from './rescale.js';
import { spanOf } from './span.js';

/** Run a convolution or dense layer: its sums of products, each rescaled once. */
export function runLayer(layer: LayerStep, x: Integers): Integers {
  const { groups, outputShape, rescale, is32Bit, isQuantized } = layer;
  const [height, width, channels] = outputShape;
  const size = height * width * channels;
  const out = isQuantized ? new Int32Array(size) : new Float64Array(size);
  const sums = is32Bit ? new Int32Array(channels) : new Float64Array(channels);
  const add = is32Bit ? add32 : add53;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      sums.fill(0);
      for (const group of groups) addGroup(layer, group, x, row, column, sums, add);
      const pixel = row * width + column;
      rescalePixel(rescale, sums, 0, pixel, out, pixel * channels);
    }
  }
  return out;
}

/** Add the products of a group's weights and its window at one output pixel. */
function addGroup(
  { windows, inputShape }: LayerStep,
  { firstInput, inputs, firstOutput, outputs, weights }: LayerGroup,
  x: Integers,
  row: number,
  column: number,
  sums: Integers,
  add: AddProducts,
): void {
  const [height, width, channels] = inputShape;
  const rows = spanOf(windows, 0, row, height);
  const columns = spanOf(windows, 1, column, width);
  const across = windows.kernel[1];
  for (let y = rows.first; y < rows.end; y++) {
    for (let z = columns.first; z < columns.end; z++) {
      const tap = (y - rows.start) * across + (z - columns.start);
      const from = (y * width + z) * channels + firstInput;
      for (let input = 0; input < inputs; input++) {
        const value = x[from + input] as number;
        if (value === 0) continue;
        add(sums, firstOutput, weights, (tap * inputs + input) * outputs, outputs, value);
      }
    }
  }
}

/** Add the products of a value and `count` weights. */
type AddProducts = (
  sums: Integers,
  to: number,
  weights: Integers,
  from: number,
  count: number,
  value: number,
) => void;

const add32: AddProducts = (sums, to, weights, from, count, value) => {
  for (let at = 0; at < count; at++) {
    sums[to + at] = (sums[to + at] as number) + Math.imul(weights[from + at] as number, value);
  }
};

const add53: AddProducts = (sums, to, weights, from, count, value) => {
  for (let at = 0; at < count; at++) {
    sums[to + at] = (sums[to + at] as number) + (weights[from + at] as number) * value;
  }
};
