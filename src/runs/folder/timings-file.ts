import { z } from 'zod';
import { jsonLines, type Decoded } from '../../files/json-file.js';
import { shown } from './figures.js';

const schema = z.object({
  /** From 1. */
  epoch: z.int().min(1),
  /** End of the epoch, as in `2026-11-26T06:34:42.000Z`. */
  finished: z.string(),
  trainingSeconds: shown,
  evaluationSeconds: shown,
  /** Peak memory of the whole process so far; absent in earlier versions. */
  peakMemoryBytes: shown.exactOptional(),
});

/** A line of `timings.jsonl`: an epoch's duration and memory, in which even equal runs differ. */
export type EpochTiming = Decoded<typeof schema>;

/** Limit as for `metrics.jsonl`, which has as many lines, and longer ones. */
export const timingsFile = jsonLines('timings.jsonl', 2 ** 29, schema);
