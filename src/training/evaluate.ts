import { setImmediate } from 'node:timers/promises';
import type { Dataset, Split } from '../data/dataset.js';
import { evaluationSizes } from '../setup/batch-sizes.js';
import { batchMaker, type Batch } from '../data/batch-maker.js';
import type { Evaluation } from './learner.js';

export interface SplitMetrics {
  readonly crossEntropy: number;
  readonly accuracyPercent: number;
}

/** All of a split as evaluations have it, in order, each batch in the memory of the last one. */
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
