import { dirname, relative } from 'node:path';
import { findRuns } from './find-runs.js';
import { bytesIn } from './folder/bytes-in.js';
import { allEpochs } from '../setup/epochs.js';
import { compareNumbers } from '../text/compare-numbers.js';
import { groupBy } from '../text/group-by.js';
import { naturalOrder } from '../text/natural-order.js';
import { lastDate } from './last-date.js';
import { latestFigures } from './latest-figures.js';
import { summarizeRun, type RunSummary } from './run-summary.js';
import { settingNames } from '../config/naming/settings.js';

/** A run as a list has it. */
export interface ListedRun {
  /** Its folder, as seen from the listed one. */
  readonly name: string;
  readonly folder: string;
  readonly status: RunSummary['status'];
  /** Why it is not finished, or not readable. */
  readonly reason: string | undefined;
  /** What tells it from the others beside it, with mu and the seed; undefined if its config cannot be read. */
  readonly setting: string | undefined;
  /** Finished epochs, and how many there are to be. */
  readonly epochs: number | undefined;
  readonly allEpochs: number | undefined;
  /** After the last finished epoch, as is the next. */
  readonly testAccuracyPercent: number | undefined;
  readonly relativeBopsPercent: number | undefined;
  /** When it was last started or finished an epoch; undefined: that was not kept. */
  readonly changed: Date | undefined;
  /** On the disk, everything in its folder. */
  readonly bytes: number;
}

export type SortKey = 'name' | 'accuracy' | 'bops' | 'age' | 'size';

/**
 * The runs in a folder.
 *
 * @returns `problems` tells of files that are damaged
 * @throws UserError (exit code 2) if there is no such folder
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
    bytes: await bytesIn(folder),
  };
}

/** The best first: most accurate, fewest bit operations, youngest, largest. Unknown ones are last. */
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
