import { batchMaker } from '../../data/batch-maker.js';
import type { Dataset, Split } from '../../data/dataset.js';
import { evaluationBatches } from '../../training/evaluate.js';

/** A split's images in the batches of `evaluationBatches`, each of shape [batch, height, width, channels]. */
export function* batchesOf(dataset: Dataset, split: Split): Generator<Float32Array> {
  for (const { images } of evaluationBatches(dataset, split)) yield images;
}

/** A copy of the first `most` images. */
export function firstImages(dataset: Dataset, split: Split, most: number): Float32Array {
  const indices = Uint32Array.from({ length: Math.min(most, split.count) }, (_, i) => i);
  return batchMaker(dataset, indices.length)(split, indices).images;
}
