import { z } from 'zod';
import type { BackendInfo } from '../backend/native.js';
import type { LoadedConfig } from '../config/config.js';
import type { Dataset } from '../data/dataset.js';
import { packageVersion } from '../version.js';

/** What is read again of `run.json`; there is more in it, for people. */
export const runRecordSchema = z.object({
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

/** `run.json`: what the run was made with. No dates, and no options that change nothing in it. */
export function runRecord(
  loaded: LoadedConfig,
  backend: BackendInfo,
  dataset: Dataset,
  command: readonly string[],
): RunRecord {
  const { tensorflow, tfjs, device, threads } = backend;
  const { name, classes, imageShape, mean, std, files } = dataset;
  const record = {
    command,
    seed: loaded.config.seed,
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
