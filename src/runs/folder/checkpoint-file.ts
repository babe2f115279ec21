import { z } from 'zod';
import type { Decoded } from '../../files/json-file.js';
import { sha256Of } from '../../files/checksum.js';
import { parseJson } from '../../files/read-bounded.js';
import { decodeSafetensors, encodeSafetensors, type SafeTensor } from '../../files/safetensors.js';
import { streamNames, type TrainerState } from '../../training/trainer-state.js';
import { CannotResumeError } from './cannot-resume.js';
import { count, phaseSchema } from './figures.js';

/** The newest checkpoint and its predecessor. */
export const checkpointFile = 'checkpoint.bbits';
export const previousCheckpointFile = 'checkpoint.previous.bbits';

const stream = z.array(z.int()).length(4);

/** A checkpoint without its tensors. */
const schema = z.object({
  /** The run's config with all its defaults, as YAML. */
  config: z.string(),
  /** Number of epochs with written metrics. */
  recordedEpochs: count,
  /** Present once fine-tuning has begun. */
  beforeFineTuning: phaseSchema.optional(),
  /** Numbers of epochs after which the run was finished and then extended. */
  extendedAfterEpochs: z.array(count),
  /** See TrainerState. */
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

type StoredCheckpoint = Decoded<typeof schema>;

/** The complete state that a run resumes from. */
export interface Checkpoint extends Omit<StoredCheckpoint, 'trainer'> {
  readonly trainer: TrainerState;
}

/** A damaged checkpoint: rereading cannot help. */
export class DamagedCheckpointError extends CannotResumeError {}

const format = 1;
const newline = 10;
const mostJsonBytes = 2 ** 20;

/**
 * Encode a checkpoint: a header line with the format and the SHA-256 of the rest, a line of JSON, and the
 * tensors as a safetensors file.
 */
export function encodeCheckpoint({ trainer, ...run }: Checkpoint): Uint8Array {
  const { tensors, ...state } = trainer;
  const stored: StoredCheckpoint = { ...run, trainer: state };
  const body = Buffer.concat([
    Buffer.from(`${JSON.stringify(stored)}\n`),
    encodeSafetensors(tensors, {}),
  ]);
  return Buffer.concat([Buffer.from(`bbits checkpoint ${format} ${sha256Of(body)}\n`), body]);
}

/**
 * Decode a checkpoint.
 *
 * @param path for error messages
 * @throws CannotResumeError if the bytes are not a checkpoint of this format
 */
export function decodeCheckpoint(bytes: Buffer, path: string): Checkpoint {
  const damaged = (found: string) =>
    new DamagedCheckpointError(
      `${path}: expected a checkpoint, found ${found}. The file is damaged.`,
    );
  const [firstLine, body] = afterLine(bytes, 200);
  const [, found, sum] = /^bbits checkpoint (\d{1,9}) ([0-9a-f]{64})$/.exec(firstLine) ?? [];
  if (found === undefined) throw damaged('a different first line');
  if (Number(found) !== format) {
    throw new CannotResumeError(
      `${path}: expected a checkpoint of format ${format}, found format ${found}; another version of ` +
        'bbits wrote it. Resume it with that version.',
    );
  }
  if (sha256Of(body) !== sum) throw damaged('a checksum that does not match');
  const [json, tensors] = afterLine(body, mostJsonBytes);
  const { success, data } = schema.safeParse(parseJson(json));
  if (!success) throw damaged('unexpected contents');
  return {
    ...data,
    trainer: {
      ...data.trainer,
      tensors: Object.fromEntries(hostTensors(decodeSafetensors(tensors, path))),
    },
  };
}

/** Split at the first newline into text and remaining bytes. */
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
