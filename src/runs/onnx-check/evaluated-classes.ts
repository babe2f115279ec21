import type { Dataset, Split } from '../../data/dataset.js';
import { evaluateSplit } from '../../training/evaluate.js';
import { foundClasses } from '../../training/found-classes.js';
import { runLearner } from '../run-learner.js';
import type { StoredRun } from '../read-run.js';

/** The classes predicted by `bbits evaluate`. */
export async function evaluatedClasses(
  run: StoredRun,
  dataset: Dataset,
  split: Split,
  signal: AbortSignal,
): Promise<number[]> {
  const learner = runLearner(run, [split.count]);
  const found: number[] = [];
  try {
    await evaluateSplit(dataset, split, (batch) => learner.evaluate(batch), {
      signal,
      onBatch: (_, { logits }) => found.push(...foundClasses(logits, dataset.classes)),
    });
    return found;
  } finally {
    learner.dispose();
  }
}
