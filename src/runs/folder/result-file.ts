import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { jsonFile, readText, writeJson, type Decoded } from '../../files/json-file.js';
import { parseJson } from '../../files/read-bounded.js';
import { amount, bitWidth, count, epochFigures, phaseSchema } from './figures.js';

/** The newest format of `result.json` that this version knows. */
const format = 1;

/** Only without a preceding ReLU: the range is symmetric around 0. */
const signedActivation = { activationIsSigned: z.literal(true).exactOptional() };

const layerSchema = z
  .object({
    name: z.string(),
    /** Multiply-accumulates per image, with all channels. */
    macs: amount,
    weightBits: bitWidth,
    /** End of the weights' range; null: none. */
    weightBeta: z.number().nullable(),
    channels: z.int().min(1),
    keptChannels: count,
    /** Only for a depthwise convolution: the layer whose gates drop its channels. */
    droppedWith: z.string().exactOptional(),
    /** Bits of the layer's output; null for the last layer, whose output is not quantized. */
    activationBits: bitWidth.nullable(),
    activationBeta: z.number().nullable(),
    ...signedActivation,
    bops: amount,
    /** Earlier versions wrote null (the share 0 / 0) if every channel was dropped. */
    shareOfBopsPercent: amount.catch(0),
  })
  .refine(({ channels, keptChannels }) => keptChannels <= channels);

const sumSchema = z.object({
  name: z.string(),
  /** The last layer of the block. */
  after: z.string(),
  activationBits: bitWidth.nullable(),
  activationBeta: z.number().nullable(),
  ...signedActivation,
});

const schema = z.object({
  format: z.literal(format),
  epochs: z.int().min(1),
  ...epochFigures,
  /** Only with fine-tuning: results before it. */
  beforeFineTuning: phaseSchema.exactOptional(),
  /** Only for extended runs: the numbers of epochs after which each extension began. */
  extendedAfterEpochs: z.array(count).exactOptional(),
  /** Only if every path through the network is pruned: its output is the same for all images. */
  isConstant: z.literal(true).exactOptional(),
  layers: z.array(layerSchema).min(1).max(1000),
  /** Outputs of residual blocks. The first runs of this format lack them. */
  sums: z.array(sumSchema).max(1000).default([]),
  /** How bit operations are counted, in prose. */
  bopsDefinition: z.string(),
});

/** `result.json`: the network after the last epoch. */
export type RunResult = Decoded<typeof schema>;
export type LayerResult = Decoded<typeof layerSchema>;
/** The output of a residual block. */
export type SumResult = Decoded<typeof sumSchema>;

export const resultFile = jsonFile('result.json', 4 * 2 ** 20, schema);

/** @throws WriteError if it cannot be written */
export function writeResult(folder: string, result: RunResult): Promise<void> {
  return writeJson(folder, resultFile, result);
}

/**
 * Read a run's `result.json`.
 *
 * @returns undefined if there is none
 * @throws UserError if it is damaged or has another structure
 */
export async function readResult(folder: string): Promise<RunResult | undefined> {
  const path = join(folder, resultFile.name);
  const text = await readText(folder, resultFile);
  if (text === undefined) return undefined;
  expectFormat(parseJson(text), path);
  const { success, data, error } = resultFile.decode(text);
  if (success) return data;
  const [issue] = error.issues;
  const at = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
  throw new UserError(
    `${path}: expected the result of a run, found something else${at} (${issue?.message ?? ''}).`,
  );
}

/** Check the format before the fields, whose meaning depends on it. */
function expectFormat(json: unknown, path: string): void {
  if (typeof json !== 'object' || json === null) {
    throw new UserError(`${path}: expected JSON, found something else; it is damaged.`);
  }
  const found = 'format' in json ? json.format : undefined;
  if (found === format) return;
  if (typeof found === 'number' && found > format) {
    throw new UserError(
      `${path}: found format ${found}, expected ${format}; a later version of bbits wrote it. ` +
        'Update bbits to read it.',
    );
  }
  throw new UserError(
    `${path}: found ${found === undefined ? 'no format' : 'another format'}, expected ${format}; an ` +
      'earlier version of bbits wrote it. Train it again.',
  );
}
