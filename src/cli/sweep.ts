import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import { UserError } from '../errors.js';
import { launchers, type LauncherName } from '../sweep/launchers/launchers.js';
import type { NamedPoint } from '../sweep/points.js';
import type { SweepOutcome } from '../sweep/run-sweep.js';
import { clock } from '../text/clock.js';
import { untilInterrupted } from './interrupt.js';
import { onStderr } from './output/paint.js';
import { note, printingIsNews, say } from './output/say.js';
import { noteAbsent } from './output/sweep-progress.js';
import { shell } from '../text/shell.js';

interface SweepCliOptions {
  out?: string;
  jobs?: number;
  gpus?: string[];
  launcher: LauncherName;
  failFast?: true;
  retry?: true;
  dryRun?: true;
}

/** `bbits sweep`: all points of a sweep, each a run of its own. */
export function sweepCommand(): Command {
  return new Command('sweep')
    .description('Train every point of a sweep that is not finished yet')
    .argument('<config>', 'a YAML file with a section sweep (docs/sweep.md)')
    .argument('[key=value...]', 'what to change in all points, or sweep.key=values')
    .option('--out <folder>', 'the sweep’s folder (default: results/ and the config’s name)')
    .option('--jobs <n>', 'points at a time, which share the threads (default: 1)', positive)
    .option('--gpus <list>', 'GPUs for the jobs to take turns on, as in 0,1', list)
    .addOption(
      new Option('--launcher <name>', 'what starts and watches the points')
        .choices(Object.keys(launchers))
        .default('local' satisfies LauncherName),
    )
    .option('--fail-fast', 'start no further point after one has failed')
    .option('--retry', 'train points again that diverged, though nothing has changed since')
    .option('--dry-run', 'print the points and about how long they take, and train nothing')
    .addHelpText(
      'after',
      `
In the config, sweep lists values for any keys; every combination is a point:
  sweep:
    mu: [0.01, 0.03, 0.1]
    seed: 1..3
Each point is a run in a folder of its own. The same command again runs those
that are missing, failed or were interrupted. A point's run is known by its
settings and the contents of its data, not by any folder's name, so that data
that has moved is named with dataset.path=FOLDER. Ctrl-C stops all jobs.

Examples:
  bbits sweep configs/mnist/lenet5-sweep.yaml --dry-run
  bbits sweep configs/mnist/lenet5-sweep.yaml --jobs 2
  bbits sweep configs/mnist/lenet5-sweep.yaml training.epochs=3 --out results/short
  bbits sweep configs/quickstart.yaml 'sweep.mu=[0.02, 0.05]' sweep.seed=1..3
  bbits report results/lenet5-sweep      The trade-off that came out`,
    )
    .action(sweep);
}

async function sweep(file: string, overrides: string[], options: SweepCliOptions): Promise<void> {
  const { loadSweep } = await import('../config/sweep.js');
  const { namedPoints } = await import('../sweep/points.js');
  const points = namedPoints(await loadSweep(file, overrides));
  const folder = options.out ?? join('results', basename(file, extname(file)));
  const { gpus = [] } = options;
  const jobs = options.jobs ?? Math.max(1, gpus.length);
  const failFast = options.failFast ?? false;
  if (options.dryRun) {
    await dryRun(folder, points, jobs);
    return;
  }
  const { runSweep } = await import('../sweep/run-sweep.js');
  const { sweepProgress } = await import('./output/sweep-progress.js');
  const createLauncher = await launchers[options.launcher]();
  const launcher = createLauncher({ atOnce: jobs, gpus, worker });
  await saySlower(points);
  printingIsNews();
  await untilInterrupted(
    () => `the same command goes on with ${folder}`,
    async (signal) => {
      const progress = sweepProgress(jobs);
      const outcome = await runSweep(
        points,
        { folder, file, overrides, failFast, retry: options.retry ?? false, signal },
        launcher,
        progress.observer,
      ).finally(() => {
        progress.close();
      });
      signal.throwIfAborted();
      summarise(outcome, folder);
    },
  );
}

/** Compiled as this file is. */
const worker = fileURLToPath(new URL(`sweep-worker${extname(import.meta.url)}`, import.meta.url));

/** The jobs' own notes are not shown; that all of it may be faster is worth one line. */
async function saySlower(points: readonly NamedPoint[]): Promise<void> {
  if (points.every(({ config }) => config.backend !== 'auto')) return;
  const { installedBuilds } = await import('../backend/start.js');
  if ((await installedBuilds()).length > 0) return;
  const { insteadOfNative } = await import('../backend/slower.js');
  note(insteadOfNative(), onStderr.yellow);
}

/** Says what came of it; the exit code tells whether any point has failed. */
function summarise({ state, ended, left, goingOn }: SweepOutcome, folder: string): void {
  const failed = ended.filter(({ end }) => end.status !== 'finished');
  const finished = state.finished.length + ended.length - failed.length;
  const all = state.finished.length + state.missing.length;
  say('');
  say(`${finished} of ${all} points finished, in ${folder}`);
  if (left.length > 0) say(`${left.length} not started after the first failure (--fail-fast)`);
  if (goingOn.length > 0) say(`${goingOn.length} launched, and go on without this command`);
  if (failed.length === 0) {
    say(shell`The trade-off: bbits report ${folder}`);
    return;
  }
  const lines = failed.map(({ point, end }) => {
    const reason = end.status === 'finished' ? '' : end.reason;
    return `${point.name}: ${end.status}: ${reason}`;
  });
  throw new UserError(
    `${failed.length} ${failed.length === 1 ? 'point has' : 'points have'} failed:\n${lines.join('\n')}`,
  );
}

async function dryRun(folder: string, points: readonly NamedPoint[], jobs: number): Promise<void> {
  const { sweepState } = await import('../sweep/state.js');
  const { estimateSeconds } = await import('../sweep/estimate.js');
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
      const shared = jobs > 1 ? ' one after the other; jobs share the cores' : '';
      const form = seconds < 3600 ? 'm:ss' : 'h:mm:ss';
      say(`About ${clock(seconds)} (${form}) for ${missing.length} points${shared}`);
    },
  );
}

function positive(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number of at least 1.');
}

function list(text: string): string[] {
  if (/^\d+(,\d+)*$/.test(text)) return text.split(',');
  throw new InvalidArgumentError('Expected numbers of GPUs, as in 0,1.');
}
