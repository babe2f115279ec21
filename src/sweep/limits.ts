import { join } from 'node:path';
import { readText } from '../files/json-file.js';
import { someAtOnce } from '../files/some-at-once.js';
import { timingsFile, type EpochTiming } from '../runs/folder/timings-file.js';
import { allEpochs } from '../setup/epochs.js';
import type { SweepState } from './state.js';

/** Expected time and memory of a sweep's missing points, extrapolated from its finished ones. */
export interface ExpectedUse {
  /** Duration of the longest missing point. */
  readonly seconds: number;
  /** Peak memory of the largest finished point; undefined if none recorded it. */
  readonly memoryBytes: number | undefined;
}

/** Extrapolate from finished points. @returns undefined if no point is finished, or none is missing */
export async function expectedUse(
  sweep: string,
  { finished, missing, folders }: SweepState,
): Promise<ExpectedUse | undefined> {
  const epochs = largest(missing.map(({ config }) => allEpochs(config)));
  const runs = await someAtOnce(finished, (point) =>
    timingsOf(join(sweep, folders.get(point) ?? point.name)),
  );
  const perEpoch = runs.map(meanSeconds).filter(Number.isFinite);
  if (missing.length === 0 || perEpoch.length === 0) return undefined;
  const memory = runs.flat().map(({ peakMemoryBytes = NaN }) => peakMemoryBytes);
  const known = memory.filter(Number.isFinite);
  return {
    seconds: epochs * largest(perEpoch),
    memoryBytes: known.length === 0 ? undefined : largest(known),
  };
}

/** The timings of a run's epochs; empty if their file is missing or damaged. */
async function timingsOf(folder: string): Promise<readonly EpochTiming[]> {
  const text = (await readText(folder, timingsFile).catch(() => undefined)) ?? '';
  return text.split('\n').flatMap((line) => timingsFile.decode(line).data ?? []);
}

/** Mean duration of an epoch; NaN without epochs or with unknown times. */
function meanSeconds(epochs: readonly EpochTiming[]): number {
  const seconds = epochs.map((epoch) => epoch.trainingSeconds + epoch.evaluationSeconds);
  return seconds.reduce((sum, each) => sum + each, 0) / epochs.length;
}

/** Maximum of any number of values; Math.max limits its arguments. */
function largest(values: readonly number[]): number {
  return values.reduce((most, each) => Math.max(most, each), -Infinity);
}

/** Minutes for sbatch's `time`: 1.5 times the estimate, a minute to start, and the time for saving. */
export function minutesFor(seconds: number, saveSeconds: number): number {
  return Math.ceil((1.5 * seconds + 60 + saveSeconds) / 60);
}

/** Gibibytes for sbatch's `mem`: 1.25 times the estimate. */
export function gibibytesFor(bytes: number): number {
  return Math.ceil((1.25 * bytes) / 2 ** 30);
}
