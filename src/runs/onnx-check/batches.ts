import { batchMaker } from '../../data/batch-maker.js';
import type { Dataset, Split } from '../../data/dataset.js';
import { evaluationSizes } from '../../setup/batch-sizes.js';

/**
 * A split's images as an evaluation has them, of shape [batch, height, width, channels], each batch in the
 * memory of the last one.
 */
export function* batchesOf(dataset: Dataset, split: Split): Generator<Float32Array> {
  const { count } = split;
  const [size = count] = evaluationSizes(count);
  const makeBatch = batchMaker(dataset, size);
  for (let from = 0; from < count; from += size) {
    const indices = Uint32Array.from({ length: Math.min(size, count - from) }, (_, i) => from + i);
    yield makeBatch(split, indices).images;
  }
}

/** A copy of the first images, at most so many. */
export function firstImages(dataset: Dataset, split: Split, most: number): Float32Array {
  const indices = Uint32Array.from({ length: Math.min(most, split.count) }, (_, i) => i);
  return batchMaker(dataset, indices.length)(split, indices).images;
}
