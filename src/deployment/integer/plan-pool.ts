import type { AveragePool } from '../../nn/layers/average-pool.js';
import type { MaxPool } from '../../nn/layers/max-pool.js';
import { poolingWindows, type Pooling } from '../../nn/layers/pooling.js';
import { countWindows, type Pair, type Windows } from '../../nn/windows.js';
import { largest, requireSafe, valueBits, type Format } from './format.js';
import type { ImageShape, PoolStep } from './network.js';
import { imageOf } from './plan-layer.js';
import { fractionalBits } from './plan-rescale.js';
import { spanOf } from './run/span.js';

export interface PlannedPool {
  readonly step: PoolStep;
  readonly output: Format;
}

/**
 * Pooling in integers. If all windows have the same number of pixels, an average is computed as a sum, and
 * the unit includes the division. If windows at borders have fewer, it is computed as a mean, rounded to at
 * most 16 fractional bits.
 *
 * @param before name of the preceding step, for the error message
 * @throws UserError if sums need more than 53 bits
 */
export function planPool(
  layer: MaxPool | AveragePool,
  input: Format,
  shape: readonly number[],
  before: string,
): PlannedPool {
  const inputShape = imageOf(input.shape);
  const [height, width] = inputShape;
  const windows = windowsOf(layer, [height, width]);
  const outputSize = countWindows([height, width], windows);
  const pool = { windows, inputShape, outputSize };
  if (layer.type === 'max-pool')
    return { step: { type: 'max', ...pool }, output: { ...input, shape } };
  const counts = pixelCounts(windows, inputShape, outputSize);
  const [count = 1] = counts;
  const { low, high } = input.range;
  const isEven = counts.size <= 1;
  const times = isEven ? count : 2 ** meanBits(valueBits(input.range));
  // For a mean, the sum is multiplied by `times` before it is divided by the count.
  const most = isEven ? times : largest(counts) * times;
  requireSafe({ low: low * most, high: high * most }, `the average-pool layer after ${before}`);
  return {
    step: isEven ? { type: 'sum', ...pool } : { type: 'mean', ...pool, times },
    output: {
      shape,
      units: input.units.map((unit) => unit / times),
      offsets: input.offsets,
      range: { low: low * times, high: high * times },
      error: input.error * times + (isEven ? 0 : 0.5),
    },
  };
}

/** Fractional bits of a mean, limited so that later sums fit in 53 bits. */
function meanBits(bits: number): number {
  return Math.max(0, Math.min(fractionalBits, 28 - bits));
}

/** Every n-th pixel, as max pooling with windows of one pixel. */
export function planSubsample(
  stride: number,
  input: Format,
  shape: readonly number[],
  before: string,
): PlannedPool {
  return planPool({ type: 'max-pool', size: 1, stride }, input, shape, before);
}

function windowsOf(layer: MaxPool | AveragePool, image: Pair): Windows {
  const { size = image } = layer;
  const pooling: Pooling = { ...layer, size };
  return poolingWindows(pooling, image);
}

/** The distinct counts of image pixels per window. */
function pixelCounts(
  windows: Windows,
  [height, width]: ImageShape,
  [rows, columns]: Pair,
): Set<number> {
  const along = (axis: 0 | 1, count: number, size: number) =>
    Array.from({ length: count }, (_, at) => {
      const { first, end } = spanOf(windows, axis, at, size);
      return end - first;
    });
  const across = along(1, columns, width);
  return new Set(along(0, rows, height).flatMap((down) => across.map((own) => down * own)));
}
