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
  /** Of all weights and activations instead of the learned ones; kept channels stay. */
  readonly bits?: UniformBits | undefined;
  /** Draw the gates for each batch, as in training, from the run's seed. */
  readonly sampled: boolean;
  readonly signal: AbortSignal;
  /** Where its data lies now. */
  readonly places?: Places | undefined;
}

/** What a finished run's network makes of images, in plain numbers. */
export interface RunEvaluation {
  readonly run: string;
  readonly split: EvaluateOptions['split'];
  readonly images: number;
  /** `learned`, `sampled` or as in `w8a8`. */
  readonly bits: string;
  readonly accuracyPercent: number;
  readonly crossEntropy: number;
  /** Of the learned or given bits; gates that are drawn have none: null. */
  readonly relativeBopsPercent: number | null;
  readonly gbops: number | null;
  /** Of the images of each class; null where there are none. */
  readonly classAccuracyPercent: readonly (number | null)[];
  /** Images by their class (row) and the class that was found (column). */
  readonly confusion: readonly (readonly number[])[];
}

/**
 * Evaluates a run's network on its data set, which is read again.
 *
 * @throws UserError if the run or the data cannot be read, or the bits cannot be given
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
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  try {
    const { accuracyPercent, crossEntropy } = await evaluateSplit(
      dataset,
      images,
      (batch) => learner.evaluate(batch, noise),
      {
        signal,
        onBatch({ labels }, { logits }) {
          const found = foundClasses(logits, classes);
          labels.forEach((label, index) => {
            const row = confusion[label];
            const column = found[index] ?? NaN;
            if (row) row[column] = (row[column] ?? 0) + 1;
          });
        },
      },
    );
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

/** @throws UserError where a quantizer has no range, or does not have that width */
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

function shareOnDiagonal(row: readonly number[], index: number): number | null {
  const all = row.reduce((sum, count) => sum + count, 0);
  return all === 0 ? null : (100 * (row[index] ?? 0)) / all;
}
