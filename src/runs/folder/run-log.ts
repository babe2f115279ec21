import { join } from 'node:path';
import type { JsonFile } from '../../files/json-file.js';
import { readBounded } from '../../files/read-bounded.js';
import { writeWhole } from '../../files/write-file.js';
import { CannotResumeError } from './cannot-resume.js';
import { metricsFile, type EpochMetrics } from './metrics-file.js';
import { timingsFile, type EpochTiming } from './timings-file.js';

/** A run's files with one line per epoch. */
export interface RunLog {
  readonly metrics: EpochLines<EpochMetrics>;
  readonly timings: EpochLines<EpochTiming>;
}

/** A file with one line per epoch, written atomically. */
export interface EpochLines<T> {
  /** @throws WriteError if it cannot be written */
  add(line: T): Promise<void>;
}

/**
 * Open a run's per-epoch files after a number of finished epochs; later lines will be overwritten.
 *
 * @throws CannotResumeError if a file has fewer lines or damaged ones
 */
export async function openRunLog(folder: string, epochs: number): Promise<RunLog> {
  const [metrics, timings] = await Promise.all([
    openLines(folder, metricsFile, epochs),
    openLines(folder, timingsFile, epochs),
  ]);
  return { metrics, timings };
}

async function openLines<T extends { readonly epoch: number }>(
  folder: string,
  file: JsonFile<T>,
  epochs: number,
): Promise<EpochLines<T>> {
  const path = join(folder, file.name);
  let text = await linesUpTo(path, file, epochs);
  return {
    async add(line) {
      text += file.encode(line);
      await writeWhole(path, text);
    },
  };
}

async function linesUpTo<T extends { readonly epoch: number }>(
  path: string,
  file: JsonFile<T>,
  epochs: number,
): Promise<string> {
  const bytes = await readBounded(path, file.mostBytes);
  const lines = (bytes?.toString() ?? '').split('\n').slice(0, -1).slice(0, epochs);
  lines.forEach((line, index) => {
    if (file.decode(line).data?.epoch === index + 1) return;
    throw new CannotResumeError(
      `${path}: expected the line of epoch ${index + 1}, found something else on line ${index + 1}. The file is damaged.`,
    );
  });
  if (lines.length < epochs) {
    throw new CannotResumeError(
      `${path}: expected at least ${epochs} lines, one for each finished epoch, found ${lines.length}. ` +
        'The file is damaged.',
    );
  }
  return lines.map((line) => `${line}\n`).join('');
}
