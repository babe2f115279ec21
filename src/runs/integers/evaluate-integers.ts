import { setImmediate } from 'node:timers/promises';
import type { Places } from '../../config/places.js';
import { firstOf, type Split } from '../../data/dataset.js';
import type { Accumulator, IntegerNetwork } from '../../deployment/integer/network.js';
import { planIntegers } from '../../deployment/integer/plan.js';
import { runIntegers } from '../../deployment/integer/run/network.js';
import { foundClasses } from '../../training/found-classes.js';
import { nothingHeldOut } from '../evaluate-run.js';
import { deployRun } from '../export-run.js';
import { accuracy } from '../onnx-check/accuracy.js';
import { evaluatedClasses } from '../onnx-check/evaluated-classes.js';
import { readRun } from '../read-run.js';
import { openRunData, type SplitName } from '../run-learner.js';
import { explainIntegers, type ExplainedImage } from './explain-integers.js';
import { requireIntegers } from './require-integers.js';

export interface IntegerOptions {
  readonly split: SplitName;
  /** Evaluate at most this many images, the first ones; undefined: all. */
  readonly most: number | undefined;
  readonly signal: AbortSignal;
  /** Current folders of moved data. */
  readonly places: Places;
}

/** Evaluation of a run's network in integer arithmetic, as plain data. */
export interface IntegerEvaluation {
  readonly run: string;
  readonly split: SplitName;
  readonly images: number;
  readonly accuracyPercent: number;
  /** Accuracy of `bbits evaluate` on these images, in floats. */
  readonly evaluatedAccuracyPercent: number;
  /** The images classified differently from that evaluation, each with the reason. */
  readonly explained: readonly ExplainedImage[];
  /** One for each layer and sum. */
  readonly accumulators: readonly Accumulator[];
}

/**
 * Evaluate a run's network in integers from pixels to logits, and in floats for comparison.
 *
 * @throws UserError if the run or the data cannot be read, or a tensor has more than 16 bits
 */
export async function evaluateIntegers(
  folder: string,
  { split: name, most = Infinity, signal, places }: IntegerOptions,
): Promise<IntegerEvaluation> {
  const run = await readRun(folder);
  requireIntegers(run);
  const { dataset, splits } = await openRunData(run, places);
  const all = splits[name];
  if (!all) throw nothingHeldOut(folder);
  const split = firstOf(all, most);
  const network = planIntegers(deployRun(run), dataset);
  const evaluated = await evaluatedClasses(run, dataset, split, signal);
  const found = await integerClasses(network, split, dataset.classes, signal);
  return {
    run: folder,
    split: name,
    images: split.count,
    accuracyPercent: accuracy(found, split.labels),
    evaluatedAccuracyPercent: accuracy(evaluated, split.labels),
    explained: await explainIntegers({ run, network, dataset, split, evaluated, found, signal }),
    accumulators: network.accumulators,
  };
}

async function integerClasses(
  network: IntegerNetwork,
  { images, count }: Split,
  classes: number,
  signal: AbortSignal,
): Promise<number[]> {
  const size = images.length / count;
  const found: number[] = [];
  for (let image = 0; image < count; image++) {
    await setImmediate();
    signal.throwIfAborted();
    const logits = runIntegers(network, images.subarray(image * size, (image + 1) * size));
    found.push(...foundClasses(logits, classes));
  }
  return found;
}
