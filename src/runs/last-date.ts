import { join } from 'node:path';
import type { JsonFile } from '../files/json-file.js';
import { readBounded } from '../files/read-bounded.js';
import { invocationsFile } from './folder/invocations-file.js';
import { timingsFile } from './folder/timings-file.js';

/**
 * When a run was last started or finished an epoch, by its own records: the times of its files are those
 * of a copy. Undefined if it is kept without them, as are the runs that come with bbits.
 */
export async function lastDate(folder: string): Promise<Date | undefined> {
  const started = (await lastLine(folder, invocationsFile))?.started;
  const finished = (await lastLine(folder, timingsFile))?.finished;
  const times = [started, finished].map((text) => Date.parse(text ?? '')).filter(Number.isFinite);
  return times.length === 0 ? undefined : new Date(Math.max(...times));
}

/** Its last whole line; what cannot be read says nothing. */
async function lastLine<T>(folder: string, file: JsonFile<T>): Promise<T | undefined> {
  const bytes = await readBounded(join(folder, file.name), file.mostBytes).catch(() => undefined);
  const end = bytes?.lastIndexOf('\n') ?? -1;
  if (!bytes || end < 0) return undefined;
  const start = end === 0 ? 0 : bytes.lastIndexOf('\n', end - 1) + 1;
  return file.decode(bytes.toString('utf8', start, end)).data;
}
