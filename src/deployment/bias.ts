import { borderPatterns, countPatterns } from '../nn/border-patterns.js';
import type { WeightedLayer } from '../nn/plan.js';
import type { FixedLayer } from './fixed-layer.js';
import type { DeployedLayer, DeployedTensor } from './network.js';

/** A deployed layer's bias: named tensors, and their names in the layer's step. */
export interface DeployedBias {
  readonly tensors: Readonly<Record<string, DeployedTensor>>;
  readonly step: Pick<DeployedLayer, 'bias' | 'biasRows' | 'biasColumns'>;
}

/**
 * A bias per channel; if zero padding reduces dropped channels' contributions at the border, one per row
 * pattern, column pattern and channel; rows (columns) of equal biases share a pattern.
 *
 * @param fromConstants contributions of dropped channels, shape [height, width, channels] flattened, if any
 */
export function deployedBias(
  layer: WeightedLayer,
  { bias, weight }: FixedLayer,
  fromConstants: Float32Array | undefined,
  kept: readonly number[],
): DeployedBias {
  const name = `${layer.name}/bias`;
  const alike = (values: Float32Array): DeployedBias => ({
    tensors: { [name]: perChannel(values, kept) },
    step: { bias: name },
  });
  if (!fromConstants) return alike(bias);
  const width = layer.outputShape.length === 1 ? 1 : (layer.outputShape[1] ?? NaN);
  const vectorAt = (row: number, column: number) =>
    bias.map((value, channel) => {
      return value + (fromConstants[(row * width + column) * bias.length + channel] ?? NaN);
    });
  const patterns = borderPatterns(layer, weight.shape);
  const { rows, columns } = patterns ?? { rows: [0], columns: [0] };
  const vectors = firstOfEach(rows).flatMap((row) =>
    firstOfEach(columns).map((column) => vectorAt(row, column)),
  );
  const [first = bias] = vectors;
  if (vectors.every((vector) => kept.every((channel) => vector[channel] === first[channel]))) {
    return alike(first);
  }
  const values = vectors.flatMap((vector) => kept.map((channel) => vector[channel] ?? NaN));
  const shape = [countPatterns(rows), countPatterns(columns), kept.length];
  return {
    tensors: {
      [name]: { shape, values: Float32Array.from(values) },
      [`${name}-rows`]: { shape: [rows.length], values: Int16Array.from(rows) },
      [`${name}-columns`]: { shape: [columns.length], values: Int16Array.from(columns) },
    },
    step: { bias: name, biasRows: `${name}-rows`, biasColumns: `${name}-columns` },
  };
}

/** The first position of each pattern. */
function firstOfEach(along: readonly number[]): number[] {
  return along.flatMap((pattern, at) => (along.indexOf(pattern) === at ? [at] : []));
}

/** Select the kept channels' values. */
export function perChannel(values: Float32Array, kept: readonly number[]): DeployedTensor {
  return {
    shape: [kept.length],
    values: Float32Array.from(kept, (channel) => values[channel] ?? NaN),
  };
}
