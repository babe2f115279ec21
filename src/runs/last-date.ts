import { lastLine } from '../files/json-file.js';
import { invocationsFile } from './folder/invocations-file.js';
import { timingsFile } from './folder/timings-file.js';

/**
 * The time of a run's last start or finished epoch, from its own records: its files' times change when it
 * is copied. Undefined without these records, as for the runs that come with bbits.
 */
export async function lastDate(folder: string): Promise<Date | undefined> {
  const started = (await lastLine(folder, invocationsFile))?.started;
  const finished = (await lastLine(folder, timingsFile))?.finished;
  const times = [started, finished].map((text) => Date.parse(text ?? '')).filter(Number.isFinite);
  return times.length === 0 ? undefined : new Date(Math.max(...times));
}
