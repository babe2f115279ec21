import { z } from 'zod';
import { jsonLines, type Decoded } from '../../files/json-file.js';
import { bitWidth, count, epochFigures } from './figures.js';

const quantizerSchema = z.object({
  /** Its site, `conv1/weight`. */
  name: z.string(),
  bits: bitWidth,
  /** Only where channels can be dropped. */
  keptChannels: count.exactOptional(),
  /** End of the range; null: it is neither clipped nor rounded. */
  beta: z.number().nullable(),
  /** By bit width, as far as there are gates; that of 2 has a number for each channel. */
  phi: z.record(z.string(), z.union([z.number(), z.array(z.number())])),
});

const schema = z.object({
  /** From 1. */
  epoch: z.int().min(1),
  ...epochFigures,
  quantizers: z.array(quantizerSchema).max(2000),
});

/** A line of `metrics.jsonl`: what one epoch gave. */
export type EpochMetrics = Decoded<typeof schema>;
export type QuantizerMetrics = Decoded<typeof quantizerSchema>;

/** At most some hundred times what the networks that come with bbits write in as many epochs. */
export const metricsFile = jsonLines('metrics.jsonl', 2 ** 29, schema);
