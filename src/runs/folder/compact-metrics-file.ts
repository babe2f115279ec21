import { z } from 'zod';
import { bitWidths } from '../../bayesian-bits/gates.js';
import { jsonLines, type Decoded } from '../../files/json-file.js';
import { amount, bitWidth, count, percent, shown } from './figures.js';

/** A value per epoch, or a single one for all. */
const column = <Value extends z.ZodType>(value: Value) => z.union([value, z.array(value)]);

/** Maximum number of channels of all quantizers together: 200 times that of ResNet-18 or MobileNetV2. */
export const mostChannels = 2 ** 20;

/**
 * Maximum of epochs x quantizers in a file: several times that of a thousand epochs of ResNet-56 or
 * MobileNetV2. A quantizer's epoch takes 700 bytes in memory, but may take none in the file, where a column
 * can be a single value.
 */
export const mostStates = 2 ** 20;

/** Epochs x quantizers. */
export function statesIn({
  epoch,
  quantizers,
}: Readonly<Record<'epoch' | 'quantizers', readonly unknown[]>>): number {
  return epoch.length * quantizers.length;
}

/** Channels of all quantizers together. */
export function channelsIn({
  quantizers,
}: {
  readonly quantizers: readonly { readonly channels?: { readonly count: number } }[];
}): number {
  return quantizers.reduce((sum, { channels }) => sum + (channels?.count ?? 0), 0);
}

/** Maximum length of a quantizer's name: reports repeat it for each epoch, in texts of at most 2^29 characters. */
export const longestName = 400;

/** The number of a quantizer's channels and the indices of the dropped ones. */
const channelsSchema = z
  .object({ count: count.max(mostChannels), dropped: z.array(count).max(mostChannels) })
  .refine(({ count, dropped }) => dropped.every((channel) => channel < count));

const width = z.string().refine((key) => bitWidths.some((bits) => String(bits) === key));

const quantizerSchema = z.object({
  /** Its site, `conv1/weight`. */
  name: z.string().max(longestName),
  bits: column(bitWidth),
  /** Only for prunable channels, like `channels`. */
  keptChannels: column(count).exactOptional(),
  /** End of the range, to four digits; null: neither clipped nor rounded. */
  beta: column(z.number().nullable()),
  /**
   * Probability that a gate is open in a training step, by bit width, truncated to a tenth; for 2 bits the
   * mean over the channels.
   */
  openPercent: z.record(width, column(percent)),
  /** After the last epoch of the line. */
  channels: channelsSchema.exactOptional(),
});

const figures = z.array(shown);

const schema = z
  .object({
    format: z.literal(1),
    /** From 1. All columns below have the same length. */
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
    /** 10^9 bit operations per image. */
    gbops: z.array(amount),
    quantizers: z.array(quantizerSchema).max(2000),
  })
  .refine(areAsLong)
  .refine(isWithinBounds);

/** Whether every column has one value per epoch. */
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

/** Whether a line's epochs fit in memory. */
function isWithinBounds(line: {
  readonly epoch: readonly number[];
  readonly quantizers: readonly z.output<typeof quantizerSchema>[];
}): boolean {
  return statesIn(line) <= mostStates && channelsIn(line) <= mostChannels;
}

/**
 * A line of `metrics.compact.jsonl`: consecutive epochs whose quantizers have the same gates, as columns. It
 * lacks each gate's phi, has training losses to six digits, and the kept channels of the last epoch only.
 */
export type MetricsColumns = Decoded<typeof schema>;
export type QuantizerColumns = Decoded<typeof quantizerSchema>;
export type KeptChannels = Decoded<typeof channelsSchema>;

/** Replaces `metrics.jsonl` after `bbits runs compact`. */
export const compactMetricsFile = jsonLines('metrics.compact.jsonl', 2 ** 28, schema);
