import type { Integers, PoolStep } from '../network.js';
import { dividedToNearest } from './integer-division.js';
import { spanOf, type Span } from './span.js';

/** Maximum, sum or mean of each channel over the part of each window on the image. */
export function runPool(step: PoolStep, x: Integers): Integers {
  const { type, windows, inputShape, outputSize } = step;
  const [height, width, channels] = inputShape;
  const [rows, columns] = outputSize;
  const size = rows * columns * channels;
  const out =
    type === 'max' && x instanceof Int32Array ? new Int32Array(size) : new Float64Array(size);
  for (let row = 0; row < rows; row++) {
    const down = spanOf(windows, 0, row, height);
    for (let column = 0; column < columns; column++) {
      const across = spanOf(windows, 1, column, width);
      const count = (down.end - down.first) * (across.end - across.first);
      const to = (row * columns + column) * channels;
      for (let channel = 0; channel < channels; channel++) {
        out[to + channel] = pooled(channel, down, across, count);
      }
    }
  }
  return out;

  function pooled(channel: number, down: Span, across: Span, count: number): number {
    let [largest, sum] = [Number.MIN_SAFE_INTEGER, 0];
    for (let y = down.first; y < down.end; y++) {
      for (let z = across.first; z < across.end; z++) {
        const value = x[(y * width + z) * channels + channel] as number;
        largest = Math.max(largest, value);
        sum += value;
      }
    }
    if (type === 'max') return largest;
    return step.type === 'mean' ? dividedToNearest(sum * step.times, count) : sum;
  }
}
