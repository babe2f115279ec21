import { relative } from 'node:path';
import { Argument, Command, Option } from 'commander';
import { UserError } from '../errors.js';
import type { ListedRun, SortKey } from '../runs/list-runs.js';
import { note, say } from './output/say.js';
import { lineWidth } from './output/terminal.js';
import { compactCommand } from './runs/compact.js';

const results = 'results';
const statuses: readonly ListedRun['status'][] = [
  'running',
  'finished',
  'failed',
  'diverged',
  'interrupted',
  'unreadable',
];
const sortKeys: readonly SortKey[] = ['name', 'accuracy', 'bops', 'age', 'size'];

interface ListOptions {
  readonly all?: true;
  readonly status?: ListedRun['status'];
  readonly sort?: SortKey;
  readonly json?: true;
}

/** `bbits runs`: list, remove and compact runs. */
export function runsCommand(): Command {
  return new Command('runs')
    .description('List runs: status, setting, accuracy, bit operations, age, size')
    .addArgument(new Argument('[dir]', 'a folder with runs in it').default(results))
    .option('--all', 'list every run, including those of sweeps')
    .addOption(new Option('--status <status>', 'only runs with this status').choices(statuses))
    .addOption(
      new Option('--sort <key>', 'best, newest or largest first (default: age)').choices(sortKeys),
    )
    .option('--json', 'print everything as one JSON document, in plain numbers')
    .addCommand(removeCommand())
    .addCommand(compactCommand())
    .addHelpText(
      'after',
      `
A folder with several runs, such as a sweep, is one line; with --all, --status,
--sort or --json, each run has a line of its own. An unfinished run's line shows
its epochs so far; the reason is below the table. The age is missing if dates
were not kept, as for the runs that come with bbits.
unreadable: finished, but its files are damaged or of another version.

Examples:
  bbits runs
  bbits runs results/lenet5-sweep --sort accuracy
  bbits runs --status failed
  bbits runs remove quickstart-seed1 --yes
  bbits runs compact results/lenet5-sweep`,
    )
    .action(list);
}

async function list(folder: string, { all, status, sort, json }: ListOptions): Promise<void> {
  const { listRuns, sortRuns } = await import('../runs/list-runs.js');
  const { runs, problems } = await listRuns(folder);
  const shown = sortRuns(
    runs.filter((run) => status === undefined || run.status === status),
    sort ?? 'age',
  );
  if (json) {
    const orNull = (_key: string, value: unknown) => value ?? null;
    say(JSON.stringify({ runs: shown.map(plain), problems }, orNull, 2));
    return;
  }
  const { runsOverview, runsTable } = await import('./output/runs-table.js');
  const { escapeControls } = await import('../text/escape-controls.js');
  const [width, now] = [lineWidth(process.stdout), Date.now()];
  const each = all ?? (status ?? sort) !== undefined;
  if (shown.length > 0 && each) say(runsTable(shown, width, now));
  else if (shown.length > 0) {
    say(runsOverview(shown, width, now, (inner) => `bbits runs ${inner}`));
  } else say(`No ${status === undefined ? 'runs' : `${status} runs`} in ${escapeControls(folder)}`);
  for (const problem of problems) note(problem);
}

/** A run with every key, so that none is missing from the JSON. */
function plain(run: ListedRun): Record<keyof ListedRun, unknown> {
  return { ...run, changed: run.changed?.toISOString() };
}

function removeCommand(): Command {
  return new Command('remove')
    .description('Delete runs, each with everything in its folder')
    .argument('<name...>', 'names as bbits runs lists them, or paths')
    .option('--dir <folder>', 'the folder that contains the runs', results)
    .option('--yes', 'delete the runs; without --yes, only show them')
    .addHelpText(
      'after',
      `
Only run folders inside --dir are deleted, never a run in progress. If one of
the runs cannot be deleted, none is.

Examples:
  bbits runs remove quickstart-seed1            Show what would be deleted
  bbits runs remove quickstart-seed1 --yes
  bbits runs remove mu-0.1 mu-0.3 --dir results/sweep --yes`,
    )
    .action(async (names: string[], { dir, yes }: { dir: string; yes?: true }) => {
      const { removableRuns, removeRun } = await import('../runs/remove-runs.js');
      const { listRuns } = await import('../runs/list-runs.js');
      const { runsTable } = await import('./output/runs-table.js');
      const paths = await removableRuns(dir, names);
      const runs = (await Promise.all(paths.map((path) => listRuns(path)))).flatMap(({ runs }) =>
        runs.map((run) => ({ ...run, name: relative('.', run.folder) })),
      );
      say(runsTable(runs, lineWidth(process.stdout), Date.now()));
      const count = paths.length === 1 ? 'this run' : `these ${paths.length} runs`;
      if (!yes) throw new UserError(`Nothing was removed. To delete ${count}: add --yes`);
      for (const path of paths) await removeRun(path);
      say(`Removed ${count}`);
    });
}
