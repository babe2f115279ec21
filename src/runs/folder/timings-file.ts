import { z } from 'zod';
import { jsonLines, type Decoded } from '../../files/json-file.js';
import { shown } from './figures.js';

const schema = z.object({
  /** From 1. */
  epoch: z.int().min(1),
  /** When, by the clock, as in `2026-11-26T06:34:42.000Z`. */
  finished: z.string(),
  trainingSeconds: shown,
  evaluationSeconds: shown,
  /** The most memory that its process has had so far, with all that is not the run's own; earlier versions kept none. */
  peakMemoryBytes: shown.exactOptional(),
});

/** A line of `timings.jsonl`: how long an epoch took, and in how much memory. The file is the run's own, no two have the same. */
export type EpochTiming = Decoded<typeof schema>;

/** As large as `metrics.jsonl`, which has more in each of as many lines. */
export const timingsFile = jsonLines('timings.jsonl', 2 ** 29, schema);
