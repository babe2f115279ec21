import { setImmediate } from 'node:timers/promises';
import type { Dataset, Split } from '../data/dataset.js';
import { evaluationSizes } from '../setup/batch-sizes.js';
import { batchMaker, type Batch } from '../data/batch-maker.js';
import type { Evaluation } from './learner.js';

export interface SplitMetrics {
  readonly crossEntropy: number;
  readonly accuracyPercent: number;
}

/** The batches of a split in order; each reuses the previous one's memory. */
export function* evaluationBatches(dataset: Dataset, split: Split): Generator<Batch> {
  const { count } = split;
  const [size = count] = evaluationSizes(count);
  const makeBatch = batchMaker(dataset, size);
  for (let from = 0; from < count; from += size) {
    const indices = Uint32Array.from({ length: Math.min(size, count - from) }, (_, i) => from + i);
    yield makeBatch(split, indices);
  }
}

/**
 * Evaluate all images of a split, yielding to the event loop after each batch.
 *
 * @param onBatch called with each batch and its results
 * @throws the signal's reason once it is aborted
 */
export async function evaluateSplit(
  dataset: Dataset,
  split: Split,
  evaluate: (batch: Batch) => Evaluation,
  options: { signal?: AbortSignal; onBatch?: (batch: Batch, found: Evaluation) => void } = {},
): Promise<SplitMetrics> {
  const { signal, onBatch } = options;
  const { count } = split;
  let [crossEntropy, correct] = [0, 0];
  for (const batch of evaluationBatches(dataset, split)) {
    await setImmediate();
    signal?.throwIfAborted();
    const found = evaluate(batch);
    crossEntropy += found.crossEntropy * batch.labels.length;
    correct += found.correct;
    onBatch?.(batch, found);
  }
  return { crossEntropy: crossEntropy / count, accuracyPercent: (100 * correct) / count };
}
