import { product } from '../../nn/shapes.js';
import { fill, magnitude } from './format.js';
import type { RealGroup } from './layer-groups.js';
import type { LayerStep, Range } from './network.js';
import { spanOf } from './run/span.js';

/** The largest magnitude of each output's sum of products. */
export function sumsOf(groups: readonly RealGroup[], channels: number, range: Range): number[] {
  return rangesOf(groups, channels, range).map(magnitude);
}

/** Range of each output's sum of products for any inputs in a given range. */
export function rangesOf(
  groups: readonly RealGroup[],
  channels: number,
  { low, high }: Range,
): Range[] {
  const [least, most] = [fill(channels, 0), fill(channels, 0)];
  for (const { firstOutput, outputs, weights } of groups) {
    weights.forEach((w, at) => {
      const output = firstOutput + (at % outputs);
      least[output] = (least[output] ?? NaN) + Math.min(w * low, w * high);
      most[output] = (most[output] ?? NaN) + Math.max(w * low, w * high);
    });
  }
  return Array.from(least, (value, output) => ({ low: value, high: most[output] ?? NaN }));
}

/** Apply a layer to an image that is constant per channel, with zeros outside. */
export function throughWindows(
  {
    windows,
    inputShape: [height, width],
    outputShape,
    groups,
  }: Pick<LayerStep, 'windows' | 'inputShape' | 'outputShape'> & { groups: readonly RealGroup[] },
  values: Float64Array,
): Float64Array {
  const [rows, columns, channels] = outputShape;
  const sums = fill(product(outputShape), 0);
  for (let pixel = 0; pixel < rows * columns; pixel++) {
    const down = spanOf(windows, 0, Math.floor(pixel / columns), height);
    const across = spanOf(windows, 1, pixel % columns, width);
    for (const { firstInput, inputs, firstOutput, outputs, weights } of groups) {
      weights.forEach((w, at) => {
        const [input, tap] = [Math.floor(at / outputs) % inputs, Math.floor(at / outputs / inputs)];
        const y = down.start + Math.floor(tap / windows.kernel[1]);
        const z = across.start + (tap % windows.kernel[1]);
        if (y < 0 || y >= height || z < 0 || z >= width) return;
        const to = pixel * channels + firstOutput + (at % outputs);
        sums[to] = (sums[to] ?? NaN) + w * (values[firstInput + input] ?? NaN);
      });
    }
  }
  return sums;
}
