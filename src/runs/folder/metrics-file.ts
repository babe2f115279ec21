import { z } from 'zod';
import { jsonLines, type Decoded } from '../../files/json-file.js';
import { bitWidth, count, epochFigures } from './figures.js';

const quantizerSchema = z.object({
  /** Its site, `conv1/weight`. */
  name: z.string(),
  bits: bitWidth,
  /** Only for prunable channels. */
  keptChannels: count.exactOptional(),
  /** End of the range; null: neither clipped nor rounded. */
  beta: z.number().nullable(),
  /** By bit width, where gates exist; for 2 bits one number per channel. */
  phi: z.record(z.string(), z.union([z.number(), z.array(z.number())])),
});

const schema = z.object({
  /** From 1. */
  epoch: z.int().min(1),
  ...epochFigures,
  quantizers: z.array(quantizerSchema).max(2000),
});

/** A line of `metrics.jsonl`: one epoch's metrics. */
export type EpochMetrics = Decoded<typeof schema>;
export type QuantizerMetrics = Decoded<typeof quantizerSchema>;

/** The limit is about a hundred times the size of the bundled networks' files. */
export const metricsFile = jsonLines('metrics.jsonl', 2 ** 29, schema);
