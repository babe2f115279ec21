import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { jsonFile, readText, writeJson, type Decoded } from '../../files/json-file.js';
import { parseJson } from '../../files/read-bounded.js';
import { amount, bitWidth, count, epochFigures, phaseSchema } from './figures.js';

/** The form of `result.json` that this version of bbits knows; a later one may write a later one. */
const format = 1;

/** Only where no ReLU comes before, so that the range is on both sides of 0. */
const signedActivation = { activationIsSigned: z.literal(true).exactOptional() };

const layerSchema = z
  .object({
    name: z.string(),
    /** Multiply-accumulates for one image, with all channels. */
    macs: amount,
    weightBits: bitWidth,
    /** End of the weights' range; null: there is none. */
    weightBeta: z.number().nullable(),
    channels: z.int().min(1),
    keptChannels: count,
    /** Only of a depthwise convolution whose channels are those of another layer: that one's name. */
    droppedWith: z.string().exactOptional(),
    /** Of the layer's output; null for the last layer, whose output is not quantized. */
    activationBits: bitWidth.nullable(),
    activationBeta: z.number().nullable(),
    ...signedActivation,
    bops: amount,
    /** Earlier versions wrote null where every channel is dropped: 0 of 0. */
    shareOfBopsPercent: amount.catch(0),
  })
  .refine(({ channels, keptChannels }) => keptChannels <= channels);

const sumSchema = z.object({
  name: z.string(),
  /** The last of the block's layers. */
  after: z.string(),
  activationBits: bitWidth.nullable(),
  activationBeta: z.number().nullable(),
  ...signedActivation,
});

const schema = z.object({
  format: z.literal(format),
  epochs: z.int().min(1),
  ...epochFigures,
  /** Only with fine-tuning: the network before it. */
  beforeFineTuning: phaseSchema.exactOptional(),
  /** Only where the run was finished after so many epochs, and then extended: each time. */
  extendedAfterEpochs: z.array(count).exactOptional(),
  /** Only where no channels are left on any way through the network: it gives the same for every image. */
  isConstant: z.literal(true).exactOptional(),
  layers: z.array(layerSchema).min(1).max(1000),
  /** Of residual blocks. The first runs of this format did not tell them. */
  sums: z.array(sumSchema).max(1000).default([]),
  /** How bit operations are counted, in words. */
  bopsDefinition: z.string(),
});

/** `result.json`: the network after the last epoch. */
export type RunResult = Decoded<typeof schema>;
export type LayerResult = Decoded<typeof layerSchema>;
/** What a residual block gives. */
export type SumResult = Decoded<typeof sumSchema>;

export const resultFile = jsonFile('result.json', 4 * 2 ** 20, schema);

/** @throws WriteError if it cannot be written */
export function writeResult(folder: string, result: RunResult): Promise<void> {
  return writeJson(folder, resultFile, result);
}

/**
 * A run's `result.json`.
 *
 * @returns undefined if there is none
 * @throws UserError if it is damaged, or of another form
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

/** A form that is not known is told before its fields are, which may mean other things in it. */
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
