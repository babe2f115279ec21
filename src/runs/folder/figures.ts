import { z } from 'zod';
import type { Decoded } from '../../files/json-file.js';

/** Figures that several files of a run share. */

export const amount = z.number().min(0);
export const percent = amount.max(100);
export const bitWidth = z.number().min(0).max(64);
export const count = z.int().min(0);

/**
 * A number for display only: if it is missing or invalid, the file can still be read. NaN: unknown. JSON has
 * no non-finite numbers; null stands for all of them.
 */
export const shown = z.number().catch(NaN);

/** Results of a phase, with test-time gates. */
export const phaseFigures = {
  testCrossEntropy: shown,
  testAccuracyPercent: percent,
  /** Only if training images are held out. */
  validationCrossEntropy: shown.exactOptional(),
  validationAccuracyPercent: shown.exactOptional(),
  relativeBopsPercent: amount,
  /** 10^9 bit operations per image. */
  gbops: amount,
};

export const phaseSchema = z.object(phaseFigures);

/** Results of a phase, with test-time gates. */
export type PhaseResult = Decoded<typeof phaseSchema>;

/** Results of an epoch. */
export const epochFigures = {
  /** `crossEntropy + mu * regularizer`; all three are means over the training images. */
  loss: shown,
  crossEntropy: shown,
  regularizer: shown,
  /** In training mode, accumulated while the weights change. */
  trainAccuracyPercent: shown,
  /** With test-time gates, after the epoch, like everything below. */
  ...phaseFigures,
};
