import { z } from 'zod';
import { jsonLines, type Decoded } from '../../files/json-file.js';
import { amount, bitWidth, count, percent, shown } from './figures.js';

/** A value for each epoch, or one that all of them have. */
const column = <Value extends z.ZodType>(value: Value) => z.union([value, z.array(value)]);

/** Which channels a quantizer keeps: of so many all but some. */
const channelsSchema = z
  .object({ count: count.max(2 ** 20), dropped: z.array(count).max(2 ** 20) })
  .refine(({ count, dropped }) => dropped.every((channel) => channel < count));

const quantizerSchema = z.object({
  /** Its site, `conv1/weight`. */
  name: z.string(),
  bits: column(bitWidth),
  /** Only where channels can be dropped; so is `channels`. */
  keptChannels: column(count).exactOptional(),
  /** End of the range, to four digits; null: it is neither clipped nor rounded. */
  beta: column(z.number().nullable()),
  /**
   * How likely its gates are to be open in a training step, by bit width, cut to a tenth; of 2 bits the mean over
   * the channels.
   */
  openPercent: z.record(z.string(), column(percent)),
  /** After the last of the epochs. */
  channels: channelsSchema.exactOptional(),
});

const figures = z.array(shown);

const schema = z
  .object({
    format: z.literal(1),
    /** From 1. All columns below are as long as this one. */
    epoch: z.array(z.int().min(1)).min(1),
    loss: figures,
    crossEntropy: figures,
    regularizer: figures,
    trainAccuracyPercent: figures,
    testCrossEntropy: figures,
    testAccuracyPercent: z.array(percent),
    validationCrossEntropy: figures.exactOptional(),
    validationAccuracyPercent: figures.exactOptional(),
    relativeBopsPercent: z.array(amount),
    /** 10^9 bit operations for one image. */
    gbops: z.array(amount),
    quantizers: z.array(quantizerSchema).max(2000),
  })
  .refine(areAsLong);

/** Whether every column has a value for each epoch. */
function areAsLong({
  epoch: { length },
  quantizers,
  ...others
}: {
  readonly epoch: readonly number[];
  readonly quantizers: readonly z.output<typeof quantizerSchema>[];
}): boolean {
  const columns: readonly unknown[] = [
    ...Object.values(others),
    ...quantizers.flatMap(({ bits, keptChannels, beta, openPercent }) => [
      ...[bits, keptChannels, beta],
      ...Object.values(openPercent),
    ]),
  ];
  return columns.every((column) => !Array.isArray(column) || column.length === length);
}

/**
 * A line of `metrics.compact.jsonl`: epochs in a row whose quantizers have the same gates, as columns. It has all that
 * `metrics.jsonl` has of them but each gate's phi, and which channels are kept only after the last of them.
 */
export type MetricsColumns = Decoded<typeof schema>;
export type QuantizerColumns = Decoded<typeof quantizerSchema>;
export type KeptChannels = Decoded<typeof channelsSchema>;

/** In a run's folder in place of `metrics.jsonl`, once `bbits runs compact` has been there. */
export const compactMetricsFile = jsonLines('metrics.compact.jsonl', 2 ** 28, schema);
