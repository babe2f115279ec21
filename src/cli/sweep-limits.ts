import type { SlurmOptions } from '../config/sweep.js';
import { expectedUse, gibibytesFor, minutesFor } from '../sweep/limits.js';
import type { SweepState } from '../sweep/state.js';
import { formatBytes } from '../text/bytes.js';
import { clock } from '../text/clock.js';
import { note } from './output/say.js';

/** Options of sbatch that limit memory. */
const memoryOptions = ['mem', 'mem-per-cpu', 'mem-per-gpu'];

/** Suggest limits of time and memory, where not set, based on what a sweep's finished points used. */
export async function suggestLimits(
  sweep: string,
  state: SweepState,
  { sbatch, saveSeconds }: SlurmOptions,
): Promise<void> {
  const use = await expectedUse(sweep, state);
  if (use === undefined) return;
  const { seconds, memoryBytes } = use;
  const takes = [`${clock(seconds)} (${seconds < 3600 ? 'm:ss' : 'h:mm:ss'})`];
  const options: string[] = [];
  if (sbatch['time'] === undefined) options.push(`slurm.time=${minutesFor(seconds, saveSeconds)}`);
  if (memoryBytes !== undefined) {
    takes.push(`${formatBytes(memoryBytes)} of memory`);
    const isGiven = memoryOptions.some((name) => sbatch[name] !== undefined);
    if (!isGiven) options.push(`slurm.mem=${gibibytesFor(memoryBytes)}G`);
  }
  if (options.length === 0) return;
  note(
    `Judging by the finished points, the longest remaining point will take ${takes.join(' and ')}. ` +
      `Limits with some margin: ${options.join(' ')}`,
  );
}
