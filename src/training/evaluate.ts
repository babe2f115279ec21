import { setImmediate } from 'node:timers/promises';
import type { Dataset, Split } from '../data/dataset.js';
import { batchMaker } from './batch-maker.js';
import type { Batch, Evaluation } from './learner.js';

export interface SplitMetrics {
  readonly crossEntropy: number;
  readonly accuracyPercent: number;
}

/** Images at a time in an evaluation: enough for speed, few enough for the memory. */
const largestBatch = 250;

/** The batch sizes that `evaluateSplit` takes for so many images. */
export function evaluationSizes(count: number): number[] {
  return sizesOf(count, Math.min(largestBatch, count));
}

/**
 * Evaluates all images of a split, letting the event loop run once a batch.
 *
 * @param onBatch is given each batch and what came of it
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
  const [size = count] = evaluationSizes(count);
  const makeBatch = batchMaker(dataset, size);
  let [crossEntropy, correct] = [0, 0];
  for (let from = 0; from < count; from += size) {
    await setImmediate();
    signal?.throwIfAborted();
    const indices = Uint32Array.from({ length: Math.min(size, count - from) }, (_, i) => from + i);
    const batch = makeBatch(split, indices);
    const found = evaluate(batch);
    crossEntropy += found.crossEntropy * indices.length;
    correct += found.correct;
    onBatch?.(batch, found);
  }
  return { crossEntropy: crossEntropy / count, accuracyPercent: (100 * correct) / count };
}

/** The sizes of batches that cover so many images: the usual one, and what remains. */
export function sizesOf(count: number, size: number): number[] {
  const rest = count % size;
  return rest === 0 ? [size] : [size, rest];
}
