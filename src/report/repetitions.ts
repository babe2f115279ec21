import { differingKeys, type FlatConfig } from '../config/naming/settings.js';
import { circumstancesOf } from '../runs/identity/circumstances.js';
import { isRepetition, isSameRun, type RunOrigin } from '../runs/identity/run-origin.js';
import { groupSame } from '../runs/identity/group-same.js';
import type { FinishedRunSummary } from '../runs/run-summary.js';
import { formatAccuracy } from '../text/figures.js';
import { groupBy } from '../text/group-by.js';

/** Runs of one experiment that differ in seed. */
export interface Repetitions {
  /** Sorted by seed. */
  readonly runs: readonly [FinishedRunSummary, ...FinishedRunSummary[]];
  /** What distinguishes these runs from others of the same setting, by topic; empty without others. */
  readonly further: FlatConfig;
}

/**
 * Group runs on one data set by setting. Runs of the same config and seed with equal results count once, as a
 * duplicate says nothing about the spread; those with different results are separate rows.
 *
 * @returns `notes`: the runs that count once, and those with different results
 */
export function repetitionsOf(runs: readonly FinishedRunSummary[]): {
  repetitions: Repetitions[];
  notes: string[];
} {
  const notes: string[] = [];
  const settings = groupSame(
    runs,
    (a, b) => isRepetition(a.origin, b.origin),
    ({ origin }) => origin.parent === undefined || origin.parent.weights !== undefined,
  );
  const repetitions = settings.flatMap((group) => {
    const different = withoutEqualOnes(group, notes);
    return onePerSeed(
      different.toSorted((a, b) => a.config.seed - b.config.seed),
      notes,
    );
  });
  return { repetitions, notes };
}

function withoutEqualOnes(runs: readonly FinishedRunSummary[], notes: string[]) {
  return runs.filter((run, index) => {
    const first = runs
      .slice(0, index)
      .find((other) => isSameRun(other.origin, run.origin) && figures(other) === figures(run));
    if (first === undefined) return true;
    const same = `has the same config and seed as ${first.folder}`;
    notes.push(`${run.folder}: ${same}, whose row stands for both`);
    return false;
  });
}

/** Figures that show a difference even in the last bits of one weight. */
function figures({ result }: FinishedRunSummary): string {
  const { testAccuracyPercent, testCrossEntropy, relativeBopsPercent } = result;
  return JSON.stringify([testAccuracyPercent, testCrossEntropy, relativeBopsPercent]);
}

/** Keep runs together if their seeds are distinct; otherwise split them by what distinguishes them. */
function onePerSeed(runs: readonly FinishedRunSummary[], notes: string[]): Repetitions[] {
  const bySeed = groupBy(runs, ({ config }) => config.seed);
  const twice = [...bySeed].filter(([, same]) => same.length > 1);
  if (twice.length === 0) return [repetitions(runs, new Map())];
  for (const [seed, same] of twice) notes.push(differentResults(seed, same));
  const facts = runs.map(factsOf);
  const keys = differingKeys(facts);
  const told = (run: FinishedRunSummary) => facts[runs.indexOf(run)];
  const alike = [
    ...groupBy(runs, (run) => keys.map((key) => told(run)?.get(key)).join('\n')).values(),
  ];
  const isApart = alike.every(
    (same) => new Set(same.map(({ config }) => config.seed)).size === same.length,
  );
  if (isApart) {
    return alike.map((same) => {
      const own = keys.map(
        (key) => [key, told(same[0] as FinishedRunSummary)?.get(key) ?? ''] as const,
      );
      return repetitions(same, new Map(own));
    });
  }
  const nth = groupBy(runs, (run) => bySeed.get(run.config.seed)?.indexOf(run) ?? 0);
  return [...nth].map(([index, same]) =>
    repetitions(same, new Map([['repetition', `repetition ${index + 1}`]])),
  );
}

function repetitions(runs: readonly FinishedRunSummary[], further: FlatConfig): Repetitions {
  const [first, ...others] = runs;
  if (first === undefined) throw new Error('repetitions: no run');
  return { runs: [first, ...others], further };
}

/** Facts that may distinguish runs of one setting and seed. */
function factsOf({ record, origin }: FinishedRunSummary): FlatConfig {
  const circumstances = record ? [...circumstancesOf(record)] : [];
  return new Map([
    ...circumstances.map(([name, value]) => [name, `${name} ${value}`] as const),
    ['weights', nameOfWeights(origin)],
    ['teacher', nameOfTeacher(origin)],
  ]);
}

/** Name the weights that a run starts from. */
export function nameOfWeights({ parent }: RunOrigin): string {
  if (parent === undefined) return '';
  return `weights ${parent.weights?.slice(0, 8) ?? 'unknown'}`;
}

/** Name the weights of a run's teacher. */
export function nameOfTeacher({ teacher }: RunOrigin): string {
  return teacher === undefined ? '' : `teacher ${teacher.weights?.slice(0, 8) ?? 'unknown'}`;
}

function differentResults(seed: number, runs: readonly FinishedRunSummary[]): string {
  const each = runs.map(
    ({ folder, result }) => `${formatAccuracy(result.testAccuracyPercent)} % (${folder})`,
  );
  const [first] = runs;
  const isOne = runs.every((run) => first !== undefined && isSameRun(first.origin, run.origin));
  const what = isOne ? 'the same config and seed' : 'the same setting and seed';
  return `Runs with ${what} (${seed}) gave different results, and have separate rows: ${each.join(', ')}`;
}
