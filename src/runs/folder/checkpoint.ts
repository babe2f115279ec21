import { createHash } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { streamNames, type TrainerState } from '../../training/trainer-state.js';
import { CannotResumeError } from './cannot-resume.js';
import type { PhaseResult } from './metrics.js';
import { parseJson, readBounded } from '../../files/read-bounded.js';
import { decodeSafetensors, encodeSafetensors, type SafeTensor } from '../../files/safetensors.js';
import { explainWriteErrors, writeWhole } from '../../files/write-file.js';

/** All that a run goes on from. */
export interface Checkpoint {
  /** The run's config with all its defaults, as YAML. */
  readonly config: string;
  /** Epochs whose metrics are written. */
  readonly recordedEpochs: number;
  /** Once fine-tuning has begun. */
  readonly beforeFineTuning?: PhaseResult | undefined;
  /** Where the run was finished and then extended. */
  readonly extendedAfterEpochs: readonly number[];
  readonly trainer: TrainerState;
}

export const checkpointFile = 'checkpoint.bbits';
export const previousCheckpointFile = 'checkpoint.previous.bbits';

/**
 * Keeps a checkpoint in a run's folder, and the one before it under another name. At every moment,
 * whatever fails, one of the two can be loaded.
 *
 * @throws UserError if it cannot be written
 */
export async function saveCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  const path = join(folder, checkpointFile);
  const bytes = encodeCheckpoint(checkpoint);
  await explainWriteErrors(path, () => keepPrevious(path, join(folder, previousCheckpointFile)));
  await writeWhole(path, bytes);
}

async function keepPrevious(path: string, previous: string): Promise<void> {
  await rename(path, previous).catch((error: unknown) => {
    // There is none before the first, and after a write that failed.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  });
}

/**
 * Puts the one before in the place of a newest one that is damaged, which else would be kept as the
 * one before it.
 */
export async function dropDamagedCheckpoint(folder: string): Promise<void> {
  const path = join(folder, checkpointFile);
  await explainWriteErrors(path, () => rename(join(folder, previousCheckpointFile), path));
}

/** A finished run keeps its last one only. */
export async function forgetPreviousCheckpoint(folder: string): Promise<void> {
  const path = join(folder, previousCheckpointFile);
  await explainWriteErrors(path, () => rm(path, { force: true }));
}

/** A file that is no checkpoint, whose contents will not come back. */
class DamagedCheckpointError extends CannotResumeError {}

/**
 * A run's newest checkpoint; where that is damaged the one before it, with a warning.
 *
 * @returns undefined if there is none
 * @throws UserError if one cannot be read; CannotResumeError if it is of another format, or all that
 *   there are are damaged
 */
export async function loadCheckpoint(
  folder: string,
): Promise<{ checkpoint: Checkpoint; warning?: string } | undefined> {
  const complaints: string[] = [];
  for (const name of [checkpointFile, previousCheckpointFile]) {
    const path = join(folder, name);
    try {
      const bytes = await readBounded(path, mostBytes);
      if (bytes === undefined) continue;
      const checkpoint = decodeCheckpoint(bytes, path);
      const [warning] = complaints;
      if (warning === undefined) return { checkpoint };
      return { checkpoint, warning: `${warning} The one before it is used.` };
    } catch (error) {
      if (!(error instanceof DamagedCheckpointError)) throw error;
      complaints.push(error.message);
    }
  }
  if (complaints.length === 0) return undefined;
  throw new CannotResumeError(
    `${complaints.join('\n')}\nThere is no other checkpoint to go on from: train again, into another folder.`,
  );
}

/** The largest that Node reads in one piece. */
const mostBytes = 2 ** 31 - 1;

const format = 1;
const newline = 10;

/**
 * A line that says what it is and the SHA-256 of all behind it, a line of JSON, and the tensors as
 * a safetensors file.
 */
export function encodeCheckpoint({ trainer, ...run }: Checkpoint): Uint8Array {
  const { tensors, ...state } = trainer;
  const body = Buffer.concat([
    Buffer.from(`${JSON.stringify({ ...run, trainer: state })}\n`),
    encodeSafetensors(tensors, {}),
  ]);
  return Buffer.concat([Buffer.from(`bbits checkpoint ${format} ${sha256(body)}\n`), body]);
}

/**
 * @param path for messages
 * @throws CannotResumeError if the bytes are not those of a checkpoint, or of one of another format
 */
export function decodeCheckpoint(bytes: Buffer, path: string): Checkpoint {
  const damaged = (found: string) =>
    new DamagedCheckpointError(
      `${path}: expected a checkpoint, found ${found}. The file is damaged.`,
    );
  const [firstLine, body] = afterLine(bytes, 200);
  const [, found, sum] = /^bbits checkpoint (\d{1,9}) ([0-9a-f]{64})$/.exec(firstLine) ?? [];
  if (found === undefined) throw damaged('no such first line');
  if (Number(found) !== format) {
    throw new CannotResumeError(
      `${path}: expected a checkpoint of format ${format}, found format ${found}; another version of ` +
        'bbits wrote it. Go on with that version.',
    );
  }
  if (sha256(body) !== sum) throw damaged('a checksum that does not fit');
  const [json, tensors] = afterLine(body, mostJsonBytes);
  const { success, data } = schema.safeParse(parseJson(json));
  if (!success) throw damaged('another form of it');
  return {
    ...data,
    trainer: {
      ...data.trainer,
      tensors: Object.fromEntries(hostTensors(decodeSafetensors(tensors, path))),
    },
  };
}

const mostJsonBytes = 2 ** 20;

/** The text up to the first newline, and what is behind it. */
function afterLine(bytes: Buffer, mostLineBytes: number): [string, Buffer] {
  const end = bytes.subarray(0, mostLineBytes).indexOf(newline);
  if (end < 0) return ['', bytes];
  return [bytes.toString('utf8', 0, end), bytes.subarray(end + 1)];
}

function hostTensors(tensors: ReadonlyMap<string, SafeTensor>) {
  return [...tensors].flatMap(([name, { shape, values }]) =>
    values instanceof Float32Array || values instanceof Float64Array
      ? [[name, { shape, values }] as const]
      : [],
  );
}

function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

const count = z.int().min(0);
const stream = z.array(z.int()).length(4);
const phaseResult = z.object({
  testCrossEntropy: z.number(),
  testAccuracyPercent: z.number(),
  validationCrossEntropy: z.number().exactOptional(),
  validationAccuracyPercent: z.number().exactOptional(),
  relativeBopsPercent: z.number(),
  gbops: z.number(),
});

const schema = z.object({
  config: z.string(),
  recordedEpochs: count,
  beforeFineTuning: phaseResult.optional(),
  extendedAfterEpochs: z.array(count),
  trainer: z.object({
    position: z.object({
      epoch: count,
      step: count,
      images: count,
      means: z.object({
        loss: z.number(),
        crossEntropy: z.number(),
        regularizer: z.number(),
        accuracyPercent: z.number(),
      }),
    }),
    streams: z.record(z.enum(streamNames), stream),
    stepsDone: count,
    budget: z.object({ integral: z.number(), isSettled: z.boolean() }).optional(),
  }),
});
