import { lastLine } from '../files/json-file.js';
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
