import { join } from 'node:path';
import { z } from 'zod';
import type { BackendInfo } from '../../backend/start.js';
import type { Compiled } from '../../compile/entry.js';
import type { Dataset } from '../../data/dataset.js';
import { dataDigests } from '../../data/digests.js';
import { UserError } from '../../errors.js';
import { jsonFile, readText, writeJson, type Decoded } from '../../files/json-file.js';
import { parseJson } from '../../files/read-bounded.js';
import { packageVersion } from '../../version.js';
import { count } from './figures.js';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const splitDigests = z.object({ images: sha256, labels: sha256 });

const parent = z.object({
  /** SHA-256 of its weights and statistics; see `weightsDigest`. */
  weights: sha256,
  /** Which experiment it is: see `settingIdentity`. */
  setting: z.string(),
  seed: z.int(),
});

const schema = z.object({
  seed: z.int(),
  versions: z.object({
    bbits: z.string(),
    node: z.string(),
    /** WebAssembly has none: null. */
    tensorflow: z.string().nullable(),
    tfjs: z.string(),
  }),
  backend: z.enum(['native-gpu', 'native-cpu', 'wasm']),
  /** The GPU's name, or the CPU's model. */
  device: z.string(),
  threads: z.int().min(1).max(65_536),
  /** Of the CPU. Earlier versions did not tell, and left oneDNN to TensorFlow; WebAssembly has neither. */
  instructionSet: z.string().exactOptional(),
  oneDnn: z.enum(['on', 'off']).exactOptional(),
  /** Version of bbits' own kernels; null, and in earlier versions absent: computed without. */
  kernels: z.string().nullable().exactOptional(),
  /** Whether the GPU could multiply with TF32; earlier versions did not tell, and it could. */
  tf32: z.boolean().exactOptional(),
  /** Whether XLA compiled the steps, or was to and could not; absent: a graph without it, or WebAssembly. */
  xla: z.enum(['used', 'refused']).exactOptional(),
  dataset: z.object({
    name: z.string(),
    classes: z.int().min(1).max(65_536),
    imageShape: z.tuple([
      z.int().min(1).max(4096),
      z.int().min(1).max(4096),
      z.int().min(1).max(64),
    ]),
    /** Of the pixels' values from 0 to 1, by channel; see Dataset. */
    mean: z.array(z.number()),
    std: z.array(z.number().positive()),
    /** SHA-256 of each split as it is decoded; see DataDigests. Earlier versions wrote none. */
    contents: z.object({ training: splitDigests, test: splitDigests }).exactOptional(),
    /** Where they lie decides nothing. */
    files: z.array(
      z.object({
        name: z.string(),
        bytes: count,
        sha256: z.string(),
        /** As DataFile has it, and not read again: later versions may have others. */
        status: z.string(),
      }),
    ),
  }),
  /** Where it went on with another device; what came before was computed on that of before. */
  segments: z
    .array(
      z.object({
        /** What was done before: whole epochs, and steps of the next. */
        afterEpochs: count,
        afterSteps: count,
        device: z.string(),
        instructionSet: z.string().exactOptional(),
      }),
    )
    .exactOptional(),
  /** Of the run that it starts from, if any. Earlier versions wrote none. */
  parent: parent.exactOptional(),
  /** Of the run that it learns from, if any; the digest is of its ranges and gates, too. */
  teacher: parent.exactOptional(),
});

/** `run.json`: what the run was made with. No dates, and nothing that decides no result. */
export type RunRecord = Decoded<typeof schema>;

export const recordFile = jsonFile('run.json', 4 * 2 ** 20, schema);

/** A run's record with what it was computed with last. */
export function latestOf(record: RunRecord): RunRecord {
  const { segments, ...first } = record;
  const { device, instructionSet } = segments?.at(-1) ?? record;
  return { ...first, device, ...(instructionSet === undefined ? {} : { instructionSet }) };
}

/** What a record tells of another run. */
export type ParentRecord = Decoded<typeof parent>;

export type DatasetRecord = RunRecord['dataset'];

/** What a record tells of a data set. */
export function datasetRecord(dataset: Dataset): DatasetRecord {
  const { name, classes, imageShape, mean, std, files } = dataset;
  return {
    name,
    classes,
    imageShape,
    mean,
    std,
    contents: dataDigests(dataset),
    files: files.map(({ name, bytes, sha256, status }) => ({ name, bytes, sha256, status })),
  };
}

/** The other runs that one is made from. */
export interface RunSources {
  readonly parent?: ParentRecord | undefined;
  readonly teacher?: ParentRecord | undefined;
  readonly xla?: RunRecord['xla'] | undefined;
}

export function runRecord(
  seed: number,
  backend: BackendInfo,
  dataset: DatasetRecord,
  { parent, teacher, xla }: RunSources = {},
): RunRecord {
  const { tensorflow, tfjs, device, threads, instructionSet, oneDnn, kernels, tf32 } = backend;
  return {
    seed,
    versions: { bbits: packageVersion(), node: process.versions.node, tensorflow, tfjs },
    backend: backend.name,
    device,
    threads,
    ...(instructionSet === undefined ? {} : { instructionSet }),
    ...(oneDnn === undefined ? {} : { oneDnn }),
    kernels,
    ...(tf32 === undefined ? {} : { tf32 }),
    ...(xla === undefined ? {} : { xla }),
    dataset,
    ...(parent ? { parent } : {}),
    ...(teacher ? { teacher } : {}),
  };
}

/** What a record tells of how steps were compiled. */
export function xlaRecord({ mode, refusedByXla }: Compiled): RunRecord['xla'] {
  if (mode === 'xla') return 'used';
  return refusedByXla === undefined ? undefined : 'refused';
}

/** @throws WriteError if it cannot be written */
export function writeRecord(folder: string, record: RunRecord): Promise<void> {
  return writeJson(folder, recordFile, record);
}

/** A file that is no record, whose contents will not come back. */
export class DamagedRecordError extends UserError {}

/**
 * A run's `run.json`, which is not trusted.
 *
 * @returns undefined if there is none
 * @throws DamagedRecordError if it is damaged, or of another form; UserError if it cannot be read
 */
export async function readRecord(folder: string): Promise<RunRecord | undefined> {
  const path = join(folder, recordFile.name);
  const text = await readText(folder, recordFile);
  if (text === undefined) return undefined;
  if (parseJson(text) === undefined) {
    throw new DamagedRecordError(
      `${path}: expected JSON, found something else. The file is damaged.`,
    );
  }
  const { success, data, error } = recordFile.decode(text);
  if (success) return data;
  throw new DamagedRecordError(
    `${path}: expected the record of a run by this version of bbits, found another form: ` +
      z.prettifyError(error).replaceAll('\n', ' '),
  );
}
