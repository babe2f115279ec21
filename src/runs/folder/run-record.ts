import { join } from 'node:path';
import { z } from 'zod';
import type { BackendInfo } from '../../backend/start.js';
import type { Dataset } from '../../data/dataset.js';
import { UserError } from '../../errors.js';
import { packageVersion } from '../../version.js';
import type { Circumstances } from './circumstances.js';
import { parseJson, readBounded } from '../../files/read-bounded.js';

/** What is read again of `run.json`; there is more in it, for people. */
const runRecordSchema = z.object({
  dataset: z.object({
    name: z.string(),
    classes: z.int().min(1).max(65_536),
    imageShape: z.tuple([
      z.int().min(1).max(4096),
      z.int().min(1).max(4096),
      z.int().min(1).max(64),
    ]),
    mean: z.array(z.number()),
    std: z.array(z.number().positive()),
  }),
});

export type RunRecord = z.output<typeof runRecordSchema>;

const mostBytes = 4 * 2 ** 20;

/**
 * A run's `run.json`, which is not trusted.
 *
 * @returns undefined if there is none
 * @throws UserError if it is damaged, or of another form
 */
export async function readRunRecord(folder: string): Promise<RunRecord | undefined> {
  const path = join(folder, 'run.json');
  const bytes = await readBounded(path, mostBytes);
  if (bytes === undefined) return undefined;
  const json = parseJson(bytes.toString());
  if (json === undefined) {
    throw new UserError(`${path}: expected JSON, found something else. The file is damaged.`);
  }
  const { success, data, error } = runRecordSchema.safeParse(json);
  if (success) return data;
  throw new UserError(
    `${path}: expected the record of a run by this version of bbits, found another form: ` +
      z.prettifyError(error).replaceAll('\n', ' '),
  );
}

/** `run.json`: what the run was made with. No dates, and nothing that decides no result. */
export function runRecord(
  seed: number,
  backend: BackendInfo,
  dataset: Dataset,
): RunRecord & Circumstances {
  const { tensorflow, tfjs, device, threads } = backend;
  const { name, classes, imageShape, mean, std, files } = dataset;
  const record = {
    seed,
    versions: { bbits: packageVersion(), node: process.versions.node, tensorflow, tfjs },
    backend: backend.name,
    device,
    threads,
    dataset: {
      name,
      classes,
      imageShape: [...imageShape],
      mean: [...mean],
      std: [...std],
      // Where they lie decides nothing.
      files: files.map(({ name, bytes, sha256, status }) => ({ name, bytes, sha256, status })),
    },
  };
  return record as typeof record & RunRecord;
}
