import { setImmediate } from 'node:timers/promises';
import type { Dataset, Split } from '../data/dataset.js';
import { evaluationSizes } from '../setup/batch-sizes.js';
import { batchMaker, type Batch } from '../data/batch-maker.js';
import type { Evaluation } from './learner.js';

export interface SplitMetrics {
  readonly crossEntropy: number;
  readonly accuracyPercent: number;
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
