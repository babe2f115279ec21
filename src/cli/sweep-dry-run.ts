import type { SlurmOptions } from '../config/sweep.js';
import type { Launcher } from '../sweep/launchers/launcher.js';
import type { NamedPoint } from '../sweep/points.js';
import { estimateSeconds } from '../sweep/estimate.js';
import { jobOf } from '../sweep/run-sweep.js';
import { sweepState } from '../sweep/state.js';
import { clock } from '../text/clock.js';
import { untilInterrupted } from './interrupt.js';
import { say } from './output/say.js';
import { noteAbsent } from './output/sweep-progress.js';
import { suggestLimits } from './sweep-limits.js';

/** Print the points of a sweep, and an estimate of the time for the missing ones. */
export async function dryRun(
  folder: string,
  points: readonly NamedPoint[],
  jobs: number,
): Promise<void> {
  const state = await sweepState(folder, points);
  const { finished, missing, diverged, others, folders } = state;
  for (const point of points) {
    const status = diverged.includes(point) ? 'diverged' : 'to run';
    say(
      `${(finished.includes(point) ? 'finished' : status).padEnd(8)}  ${folders.get(point) ?? ''}`,
    );
  }
  say(`${finished.length} of ${points.length} points finished, in ${folder}`);
  noteAbsent(state);
  if (others.length > 0) say(`No longer in the sweep: ${others.join(', ')}`);
  if (missing.length === 0) return;
  await untilInterrupted(
    () => 'nothing was written',
    async (signal) => {
      const seconds = await estimateSeconds(missing, signal);
      const shared =
        jobs > 1 ? ', as if trained one after the other, since jobs share the cores' : '';
      const form = seconds < 3600 ? 'm:ss' : 'h:mm:ss';
      say(`About ${clock(seconds)} (${form}) for ${missing.length} points${shared}`);
    },
  );
}

/** Print what a launcher would submit. */
export async function previewLaunch(
  preview: NonNullable<Launcher['preview']>,
  points: readonly NamedPoint[],
  job: Parameters<typeof jobOf>[2],
  slurm: SlurmOptions,
): Promise<void> {
  const state = await sweepState(job.folder, points);
  process.stdout.write(await preview(state.missing.map((point) => jobOf(point, state, job))));
  await suggestLimits(job.folder, state, slurm);
}
