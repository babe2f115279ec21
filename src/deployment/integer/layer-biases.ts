import type { DeployedLayer, DeployedTensor } from '../network.js';
import type { ImageShape } from './network.js';

/** Biases, one per channel, or one per pixel and channel if borders have their own. */
export function biasesOf(
  { bias, biasRows, biasColumns }: DeployedLayer,
  [height, width, channels]: ImageShape,
  tensor: (name: string) => DeployedTensor,
): Float64Array {
  const { values, shape } = tensor(bias);
  if (biasRows === undefined || biasColumns === undefined) return Float64Array.from(values);
  const [rows, columns] = [tensor(biasRows).values, tensor(biasColumns).values];
  const [, patterns = NaN] = shape;
  return Float64Array.from({ length: height * width * channels }, (_, at) => {
    const pixel = Math.floor(at / channels);
    const [row, column] = [rows[Math.floor(pixel / width)] ?? NaN, columns[pixel % width] ?? NaN];
    return values[(row * patterns + column) * channels + (at % channels)] ?? NaN;
  });
}
