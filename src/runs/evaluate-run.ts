import type { Places } from '../config/places.js';
import { UserError } from '../errors.js';
import { randomStream } from '../random.js';
import { evaluateSplit } from '../training/evaluate.js';
import { foundClasses } from '../training/found-classes.js';
import {
  testTimeCost,
  uniformNoise,
  withBits,
  type QuantizerState,
} from '../training/quantizer-state.js';
import { readRun, type StoredRun } from './read-run.js';
import { openRunData, runLearner, type SplitName } from './run-learner.js';
import { formatUniformBits, type UniformBits } from '../inspection/uniform-bits.js';

export interface EvaluateOptions {
  readonly split: SplitName;
  /** Replaces the learned bits of all weights and activations; kept channels stay. */
  readonly bits?: UniformBits | undefined;
  /** Sample the gates for each batch, as in training, from the run's seed. */
  readonly sampled: boolean;
  readonly signal: AbortSignal;
  /** Current folders of moved data. */
  readonly places?: Places | undefined;
}

/** Evaluation of a run's network, as plain data. */
export interface RunEvaluation {
  readonly run: string;
  readonly split: EvaluateOptions['split'];
  readonly images: number;
  /** `learned`, `sampled` or, say, `w8a8`. */
  readonly bits: string;
  readonly accuracyPercent: number;
  readonly crossEntropy: number;
  /** For the learned or given bits; null for sampled gates. */
  readonly relativeBopsPercent: number | null;
  readonly gbops: number | null;
  /** By class; null for classes without images. */
  readonly classAccuracyPercent: readonly (number | null)[];
  /** Image counts by true class (row) and predicted class (column). */
  readonly confusion: readonly (readonly number[])[];
  /** True class of each image, in the split's order. */
  readonly labels: readonly number[];
  /** Predicted class of each image, in the same order, so that runs can be compared image by image. */
  readonly predictions: readonly number[];
}

/**
 * Evaluate a run's network on its data set, which is read again.
 *
 * @throws UserError if the run or the data cannot be read, or the bits are not possible
 */
export async function evaluateRun(
  folder: string,
  { split, bits, sampled, signal, places = {} }: EvaluateOptions,
): Promise<RunEvaluation> {
  const run = await readRun(folder);
  const quantizers = bits ? givenBits(run, bits) : run.quantizers;
  const { dataset, splits } = await openRunData(run, places);
  const images = splits[split];
  if (!images) throw nothingHeldOut(folder);
  const learner = runLearner(run, [images.count]);
  learner.setQuantizers(quantizers);
  const noise = sampled ? uniformNoise(randomStream(run.config.seed, 'evaluation')) : undefined;
  const { classes } = dataset;
  const predictions: number[] = [];
  try {
    const { accuracyPercent, crossEntropy } = await evaluateSplit(
      dataset,
      images,
      (batch) => learner.evaluate(batch, noise),
      {
        signal,
        onBatch: (_, { logits }) => predictions.push(...foundClasses(logits, classes)),
      },
    );
    const labels = Array.from(images.labels);
    const confusion = confusionOf(labels, predictions, classes);
    return {
      run: folder,
      split,
      images: images.count,
      bits: sampled ? 'sampled' : bits ? formatUniformBits(bits) : 'learned',
      accuracyPercent,
      crossEntropy,
      ...(sampled ? { relativeBopsPercent: null, gbops: null } : costOf(run, quantizers)),
      classAccuracyPercent: confusion.map(shareOnDiagonal),
      confusion,
      labels,
      predictions,
    };
  } finally {
    learner.dispose();
  }
}

export function nothingHeldOut(folder: string): UserError {
  return new UserError(
    `${folder}: expected a run with images held out for validation, found training.validationImages: 0 in ` +
      'its config. Train one with, say, training.validationImages=5000.',
    2,
  );
}

/** @throws UserError if a quantizer has no range or does not support the width */
function givenBits(run: StoredRun, bits: UniformBits): QuantizerState[] {
  const { smallest, largest } = run.config.quantization;
  const places = run.plan.quantizers.length;
  if (run.quantizers.filter(({ site }) => site.rounded).length < places) {
    throw new UserError(
      `--bits ${formatUniformBits(bits)}: expected a run with a range at each of its ${places} quantizers, ` +
        `found one in full precision: ${run.folder}. Evaluate it without --bits.`,
      2,
    );
  }
  for (const width of [bits.weights, bits.activations]) {
    if (width >= smallest && width <= largest) continue;
    throw new UserError(
      `--bits ${formatUniformBits(bits)}: found ${width}, expected a width that the run can have: ` +
        `${smallest} to ${largest} (quantization.smallest and largest of its config).`,
      2,
    );
  }
  return run.quantizers.map((quantizer) => withBits(quantizer, bits[quantizer.site.kind]));
}

function costOf({ plan }: StoredRun, quantizers: readonly QuantizerState[]) {
  const { relativeBopsPercent, gbops } = testTimeCost(plan, quantizers);
  return { relativeBopsPercent, gbops };
}

function confusionOf(labels: readonly number[], predictions: readonly number[], classes: number) {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  labels.forEach((label, image) => {
    const row = confusion[label];
    const column = predictions[image] ?? NaN;
    if (row) row[column] = (row[column] ?? 0) + 1;
  });
  return confusion;
}

function shareOnDiagonal(row: readonly number[], index: number): number | null {
  const all = row.reduce((sum, count) => sum + count, 0);
  return all === 0 ? null : (100 * (row[index] ?? 0)) / all;
}
