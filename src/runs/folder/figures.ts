import { z } from 'zod';
import type { Decoded } from '../../files/json-file.js';

/** Figures that several files of a run have. */

export const amount = z.number().min(0);
export const percent = amount.max(100);
export const bitWidth = z.number().min(0).max(64);
export const count = z.int().min(0);

/**
 * A number that is for people: a file that lacks it, or has something else there, can be read all the
 * same. NaN: not known. JSON has no number that is not finite, and null stands for all of them.
 */
export const shown = z.number().catch(NaN);

/** What a phase came to, with test-time gates. */
export const phaseFigures = {
  testCrossEntropy: shown,
  testAccuracyPercent: percent,
  /** Only where training images are held out. */
  validationCrossEntropy: shown.exactOptional(),
  validationAccuracyPercent: shown.exactOptional(),
  relativeBopsPercent: amount,
  /** 10^9 bit operations for one image. */
  gbops: amount,
};

export const phaseSchema = z.object(phaseFigures);

/** What a phase came to, with test-time gates. */
export type PhaseResult = Decoded<typeof phaseSchema>;

/** What an epoch came to. */
export const epochFigures = {
  /** `crossEntropy + mu * regularizer`, like these a mean over the training images. */
  loss: shown,
  crossEntropy: shown,
  regularizer: shown,
  /** In training mode, while the network changed. */
  trainAccuracyPercent: shown,
  /** With test-time gates, after the epoch; so is everything below. */
  ...phaseFigures,
};
