import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import { UserError } from '../errors.js';
import { launchers, type LauncherOption } from '../sweep/launchers/launchers.js';
import { launcherNames, type LauncherName } from '../config/sweep.js';
import type { NamedPoint } from '../sweep/points.js';
import { untilInterrupted } from './interrupt.js';
import { onStderr } from './output/paint.js';
import { note, printingIsNews, say } from './output/say.js';
import { summarize } from './sweep-summary.js';
import { shellLine } from '../text/shell.js';

interface SweepCliOptions {
  readonly out?: string;
  readonly jobs?: number;
  readonly gpus?: string[];
  readonly launcher?: LauncherName;
  readonly failFast?: true;
  readonly retry?: true;
  readonly sameMachine?: true;
  readonly dryRun?: true;
  readonly wait?: true;
  readonly status?: true;
  readonly json?: true;
  readonly cancel?: true;
}

/** `bbits sweep`: train all points of a sweep, each as a run of its own. */
export function sweepCommand(): Command {
  return new Command('sweep')
    .description('Train every unfinished point of a sweep')
    .argument('<config>', 'a YAML file with a sweep section (docs/sweep.md)')
    .argument('[key=value...]', 'changes to all points, or sweep.key=values')
    .option('--out <folder>', 'the sweep’s folder (default: results/ and the config’s name)')
    .option(
      '--jobs <n>',
      'points to train at the same time, sharing the threads (default: 1)',
      positive,
    )
    .option('--gpus <list>', 'GPUs to distribute the jobs over, as in 0,1', list)
    .addOption(
      new Option('--launcher <name>', 'what starts the points (default: local)').choices(
        launcherNames,
      ),
    )
    .option('--wait', 'wait until the queue has finished all points')
    .option('--fail-fast', 'start no more points after one has failed')
    .option('--retry', 'retrain diverged points, even if nothing has changed since')
    .option('--same-machine', 'refuse to continue points that were started on another device')
    .option('--dry-run', 'print the points and the estimated time, or a queue’s scripts')
    .option('--status', 'show the status of points in a queue')
    .option('--json', 'with --status: print one JSON document')
    .option('--cancel', 'remove all points from the queue, including running ones')
    .addHelpText(
      'after',
      `
In the config, sweep lists values of any keys; every combination is a point:
  sweep:
    mu: [0.01, 0.03, 0.1]
    seed: 1..3
Each point is a run in a folder of its own. Repeating the command trains the
points that are missing, failed or interrupted. A point's run is recognized by
its settings and the contents of its data, not by folder names; if the data has
moved, name its folder with dataset.path=FOLDER. Ctrl-C stops all jobs.

--launcher: local runs points on this machine; slurm submits them to a cluster as
job arrays (docs/slurm.md); print prints a command for each point, to run
anywhere.

Examples:
  bbits sweep configs/mnist/lenet5-sweep.yaml --dry-run
  bbits sweep configs/mnist/lenet5-sweep.yaml --jobs 2
  bbits sweep configs/mnist/lenet5-sweep.yaml training.epochs=3 --out results/short
  bbits sweep configs/quickstart.yaml 'sweep.mu=[0.02, 0.05]' sweep.seed=1..3
  bbits sweep configs/mnist/lenet5-sweep.yaml --launcher print | parallel --jobs 4
  bbits sweep configs/mnist/lenet5-sweep.yaml --launcher slurm slurm.time=60
  bbits report results/lenet5-sweep      The resulting trade-off`,
    )
    .action(sweep);
}

async function sweep(file: string, overrides: string[], options: SweepCliOptions): Promise<void> {
  const { loadLaunch, loadSweep } = await import('../config/sweep.js');
  const { namedPoints } = await import('../sweep/points.js');
  const { launcher: inFile = 'local', slurm } = await loadLaunch(file, overrides);
  const points = namedPoints(await loadSweep(file, overrides));
  const folder = options.out ?? join('results', basename(file, extname(file)));
  if (options.json && !options.status) {
    throw new UserError(
      '--json: found without --status, expected both. Add --status, or leave --json out.',
      2,
    );
  }
  if (options.status || options.cancel) {
    const { cancelSweep, saySweepStatus } = await import('./sweep-queue.js');
    if (options.cancel) await cancelSweep(folder);
    else await saySweepStatus(folder, points, options.json ?? false);
    return;
  }
  const name = options.launcher ?? inFile;
  expectTaken(name, options);
  const { gpus = [] } = options;
  const atOnce = options.jobs ?? (gpus.length > 0 ? gpus.length : undefined);
  const jobs = atOnce ?? (name === 'local' ? 1 : points.length);
  const failFast = options.failFast ?? false;
  const command = calledAs(file, overrides, options);
  const createLauncher = await launchers[name].load();
  const { tell, wait = false } = { tell: say, ...options };
  const launcher = createLauncher({
    ...{ folder, atOnce, gpus, worker, program, command, slurm, wait, tell },
  });
  const { retry = false, sameMachine = false } = options;
  const job = { folder, file, overrides, retry, sameMachine };
  if (options.dryRun) {
    const { previewLaunch, dryRun } = await import('./sweep-dry-run.js');
    if (launcher.preview) await previewLaunch(launcher.preview, points, job, slurm);
    else await dryRun(folder, points, jobs);
    return;
  }
  const { runSweep } = await import('../sweep/run-sweep.js');
  const { getMissingData } = await import('./data/get-data.js');
  const { sweepProgress } = await import('./output/sweep-progress.js');
  if (name === 'local') await saySlower(points);
  if (!launchers[name].ownsStdout) printingIsNews();
  const look = `For the status: ${shellLine(command)} --status; to cancel: the same with --cancel`;
  await untilInterrupted(
    () =>
      launchers[name].hasQueue
        ? `submitted points continue. ${look}`
        : `the same command continues ${folder}`,
    async (signal) => {
      for (const { config } of points) await getMissingData(config.dataset, signal);
      const progress = sweepProgress(jobs);
      const outcome = await runSweep(
        points,
        { ...job, failFast, signal },
        launcher,
        progress.observer,
      ).finally(() => {
        progress.close();
      });
      signal.throwIfAborted();
      summarize(outcome, folder, launchers[name].ownsStdout ?? false);
      if (!launchers[name].hasQueue || outcome.goingOn.length === 0) return;
      const { suggestLimits } = await import('./sweep-limits.js');
      await suggestLimits(folder, outcome.state, slurm);
      note(look);
    },
  );
}

/** @throws UserError (exit code 2) if the launcher does not support an option */
function expectTaken(name: LauncherName, options: SweepCliOptions): void {
  const given = (['jobs', 'gpus', 'failFast', 'wait'] satisfies LauncherOption[]).find(
    (option) => options[option] !== undefined && !launchers[name].takes.includes(option),
  );
  if (given === undefined) return;
  const option = given === 'failFast' ? 'fail-fast' : given;
  throw new UserError(
    `--${option}: the launcher ${name} does not support it. Leave it out, or name another launcher with --launcher.`,
    2,
  );
}

/** The command that repeats this call, without options that are for one call only. */
function calledAs(file: string, overrides: readonly string[], options: SweepCliOptions): string[] {
  const { out, launcher, jobs, sameMachine } = options;
  return [
    ...['bbits', 'sweep', file, ...overrides],
    ...(out === undefined ? [] : ['--out', out]),
    ...(launcher === undefined ? [] : ['--launcher', launcher]),
    ...(jobs === undefined ? [] : ['--jobs', String(jobs)]),
    ...(sameMachine ? ['--same-machine'] : []),
  ];
}

/** The command with which other machines call this program. */
const program = [process.execPath, fileURLToPath(new URL('../../bin/bbits.js', import.meta.url))];

/** The worker's script, compiled if this file is. */
const worker = fileURLToPath(new URL(`sweep-worker${extname(import.meta.url)}`, import.meta.url));

/** Say once that native TensorFlow would be faster, since the jobs' own notes are not shown. */
async function saySlower(points: readonly NamedPoint[]): Promise<void> {
  if (points.every(({ config }) => config.backend !== 'auto')) return;
  const { installedBuilds } = await import('../backend/start.js');
  const { hasScripts } = await import('../backend/tfjs-node/has-scripts.js');
  const builds = await installedBuilds();
  if (builds.some(hasScripts)) return;
  const { insteadOfNative } = await import('../backend/slower.js');
  note(insteadOfNative(builds), onStderr.yellow);
}

function positive(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number of at least 1.');
}

function list(text: string): string[] {
  const names = text.split(',');
  if (names.every((name) => /^(\d+|(GPU|MIG)-[\w/-]+)$/.test(name))) return names;
  throw new InvalidArgumentError(
    'Expected GPU numbers as nvidia-smi lists them, as in 0,1, or UUIDs, as in GPU-5d3c….',
  );
}
