import { setImmediate } from 'node:timers/promises';
import type { Places } from '../../config/places.js';
import { subsetOf, type Split } from '../../data/dataset.js';
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
  /** At most so many, the first ones; undefined: all. */
  readonly most: number | undefined;
  readonly signal: AbortSignal;
  /** Where its data lies now. */
  readonly places: Places;
}

/** What a finished run's network makes of images in integers alone, in plain numbers. */
export interface IntegerEvaluation {
  readonly run: string;
  readonly split: SplitName;
  readonly images: number;
  readonly accuracyPercent: number;
  /** As `bbits evaluate` finds it for these images, in floats. */
  readonly evaluatedAccuracyPercent: number;
  /** Images of another class than there, each with the reason. */
  readonly explained: readonly ExplainedImage[];
  /** Of each layer and sum. */
  readonly accumulators: readonly Accumulator[];
}

/**
 * Evaluates a run's network in integers from pixels to logits, beside its evaluation in floats.
 *
 * @throws UserError if the run or the data cannot be read, or its network is not one of integers
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
  const count = Math.min(all.count, most);
  const split = subsetOf(
    all,
    Uint32Array.from({ length: count }, (_, image) => image),
  );
  const network = planIntegers(deployRun(run), dataset);
  const evaluated = await evaluatedClasses(run, dataset, split, signal);
  const found = await integerClasses(network, split, dataset.classes, signal);
  return {
    run: folder,
    split: name,
    images: count,
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
