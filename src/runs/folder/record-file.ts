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
  /** SHA-256 of its weights and running statistics; see `weightsDigest`. */
  weights: sha256,
  /** Identity of its experiment; see `settingIdentity`. */
  setting: z.string(),
  seed: z.int(),
});

const schema = z.object({
  seed: z.int(),
  versions: z.object({
    bbits: z.string(),
    node: z.string(),
    /** Null for WebAssembly, which has none. */
    tensorflow: z.string().nullable(),
    tfjs: z.string(),
  }),
  backend: z.enum(['native-gpu', 'native-cpu', 'wasm']),
  /** The GPU's name, or the CPU's model. */
  device: z.string(),
  threads: z.int().min(1).max(65_536),
  /** The CPU's; absent for WebAssembly and in earlier versions. */
  instructionSet: z.string().exactOptional(),
  /** Absent if `instructionSet` is absent; earlier versions left oneDNN to TensorFlow. */
  oneDnn: z.enum(['on', 'off']).exactOptional(),
  /** Version of bbits' own kernels; null, or absent in earlier versions: computed without them. */
  kernels: z.string().nullable().exactOptional(),
  /** Whether the GPU was allowed TF32; absent in earlier versions, which allowed it. */
  tf32: z.boolean().exactOptional(),
  /** Whether XLA compiled the steps or refused to; absent: not requested, or WebAssembly. */
  xla: z.enum(['used', 'refused']).exactOptional(),
  dataset: z.object({
    name: z.string(),
    classes: z.int().min(1).max(65_536),
    imageShape: z.tuple([
      z.int().min(1).max(4096),
      z.int().min(1).max(4096),
      z.int().min(1).max(64),
    ]),
    /** Per channel, of pixel values scaled to 0 to 1; see Dataset. */
    mean: z.array(z.number()),
    std: z.array(z.number().positive()),
    /** SHA-256 of each decoded split; see DataDigests. Absent in earlier versions. */
    contents: z.object({ training: splitDigests, test: splitDigests }).exactOptional(),
    /** Their location is irrelevant. */
    files: z.array(
      z.object({
        name: z.string(),
        bytes: count,
        sha256: z.string(),
        /** From DataFile; a string, since later versions may have other values. */
        status: z.string(),
      }),
    ),
  }),
  /** Resumptions on another device; each segment extends to the next. */
  segments: z
    .array(
      z.object({
        /** Progress at that point: whole epochs, and steps of the next. */
        afterEpochs: count,
        afterSteps: count,
        device: z.string(),
        instructionSet: z.string().exactOptional(),
      }),
    )
    .exactOptional(),
  /** The run that it starts from, if any. Absent in earlier versions. */
  parent: parent.exactOptional(),
  /** The run that it distills from, if any; the digest includes its ranges and gates. */
  teacher: parent.exactOptional(),
});

/** `run.json`: everything the run's result depends on, and no dates. */
export type RunRecord = Decoded<typeof schema>;

export const recordFile = jsonFile('run.json', 4 * 2 ** 20, schema);

/** A run's record with the device of its last segment. */
export function latestOf(record: RunRecord): RunRecord {
  const { segments, ...first } = record;
  const { device, instructionSet } = segments?.at(-1) ?? record;
  return { ...first, device, ...(instructionSet === undefined ? {} : { instructionSet }) };
}

/** A record's entry about another run. */
export type ParentRecord = Decoded<typeof parent>;

export type DatasetRecord = RunRecord['dataset'];

/** A record's entry about its data set. */
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

/** The runs that a run is made from, and how its steps were compiled. */
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

/** A record's entry about XLA. */
export function xlaRecord({ mode, refusedByXla }: Compiled): RunRecord['xla'] {
  if (mode === 'xla') return 'used';
  return refusedByXla === undefined ? undefined : 'refused';
}

/** @throws WriteError if it cannot be written */
export function writeRecord(folder: string, record: RunRecord): Promise<void> {
  return writeJson(folder, recordFile, record);
}

/** A damaged record: rereading cannot help. */
export class DamagedRecordError extends UserError {}

/**
 * Read a run's `run.json`, which is not trusted.
 *
 * @returns undefined if there is none
 * @throws DamagedRecordError if it is damaged or has another structure; UserError if it cannot be read
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
    `${path}: expected the record of a run by this version of bbits, found another structure: ` +
      z.prettifyError(error).replaceAll('\n', ' '),
  );
}
