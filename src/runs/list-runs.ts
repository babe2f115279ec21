import { dirname, relative } from 'node:path';
import { folderSize } from '../files/folder-size.js';
import { findRuns } from './find-runs.js';
import { allEpochs } from '../setup/epochs.js';
import { compareNumbers } from '../text/compare-numbers.js';
import { groupBy } from '../text/group-by.js';
import { naturalOrder } from '../text/natural-order.js';
import { lastDate } from './last-date.js';
import { latestFigures } from './latest-figures.js';
import { summarizeRun, type RunSummary } from './run-summary.js';
import { settingNames } from '../config/naming/settings.js';

/** A run in a list. */
export interface ListedRun {
  /** Its folder, relative to the listed one. */
  readonly name: string;
  readonly folder: string;
  readonly status: RunSummary['status'];
  /** Why it is unfinished or unreadable. */
  readonly reason: string | undefined;
  /** Settings that differ among sibling runs, mu and the seed; undefined if its config cannot be read. */
  readonly setting: string | undefined;
  /** Finished and total epochs. */
  readonly epochs: number | undefined;
  readonly allEpochs: number | undefined;
  /** After the last finished epoch, as is `relativeBopsPercent`. */
  readonly testAccuracyPercent: number | undefined;
  readonly relativeBopsPercent: number | undefined;
  /** Time of its last start or finished epoch; undefined if not recorded. */
  readonly changed: Date | undefined;
  /** Total size of its folder. */
  readonly bytes: number;
}

export type SortKey = 'name' | 'accuracy' | 'bops' | 'age' | 'size';

/**
 * List the runs in a folder.
 *
 * @returns `problems`: the damaged files
 * @throws UserError (exit code 2) if the folder does not exist
 */
export async function listRuns(
  folder: string,
): Promise<{ readonly runs: readonly ListedRun[]; readonly problems: readonly string[] }> {
  const found = await findRuns([folder]);
  const summaries: RunSummary[] = [];
  for (const run of found.folders) summaries.push(await summarizeRun(run, false));
  const runs = await Promise.all(
    [...groupBy(summaries, ({ folder }) => dirname(folder)).values()].flatMap((beside) => {
      const configs = beside.flatMap(({ config }) => config ?? []);
      const names = settingNames(configs);
      return beside.map((summary) => {
        const { config } = summary;
        const setting = config && [
          names[configs.indexOf(config)] ?? '',
          `mu ${config.mu}`,
          `seed ${config.seed}`,
        ];
        return listed(summary, folder, setting?.filter((part) => part !== '').join(', '));
      });
    }),
  );
  return { runs, problems: [...found.problems, ...summaries.flatMap(({ problems }) => problems)] };
}

async function listed(
  { folder, status, reason, config, result, epochs }: RunSummary,
  around: string,
  setting: string | undefined,
): Promise<ListedRun> {
  const latest = latestFigures({ result, epochs });
  return {
    name: relative(around, folder) || '.',
    ...{ folder, status, reason, setting },
    epochs: latest?.epochs,
    allEpochs: config && allEpochs(config),
    testAccuracyPercent: latest?.testAccuracyPercent,
    relativeBopsPercent: latest?.relativeBopsPercent,
    changed: await lastDate(folder),
    bytes: await folderSize(folder),
  };
}

/** Sort best first: most accurate, fewest bit operations, newest, largest; unknown values last. */
export function sortRuns(runs: readonly ListedRun[], key: SortKey): ListedRun[] {
  const order = orders[key];
  return runs.toSorted((a, b) => order(a, b) || naturalOrder(a.name, b.name));
}

const orders: Readonly<Record<SortKey, (a: ListedRun, b: ListedRun) => number>> = {
  name: () => 0,
  accuracy: (a, b) => compareNumbers(b.testAccuracyPercent ?? -1, a.testAccuracyPercent ?? -1),
  bops: (a, b) =>
    compareNumbers(a.relativeBopsPercent ?? Infinity, b.relativeBopsPercent ?? Infinity),
  age: (a, b) => compareNumbers(timeOf(b), timeOf(a)),
  size: (a, b) => compareNumbers(b.bytes, a.bytes),
};

function timeOf({ changed }: ListedRun): number {
  return changed?.getTime() ?? -Infinity;
}
