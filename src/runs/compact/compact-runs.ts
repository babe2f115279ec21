import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { GateDistribution } from '../../bayesian-bits/gate-distribution.js';
import { gateDistributions } from '../../bayesian-bits/gate-distributions.js';
import { bitWidths } from '../../bayesian-bits/gates.js';
import { UserError } from '../../errors.js';
import { explainWriteErrors, writeWhole } from '../../files/write-file.js';
import { fileSize, folderSize } from '../../files/folder-size.js';
import { lockHolder } from '../../files/lock.js';
import { readLines } from '../epoch-history.js';
import { checkpointFile, previousCheckpointFile } from '../folder/checkpoint-file.js';
import {
  channelsIn,
  compactMetricsFile,
  longestName,
  mostChannels,
  mostStates,
  statesIn,
  type MetricsColumns,
} from '../folder/compact-metrics-file.js';
import { metricsFile, type EpochMetrics } from '../folder/metrics-file.js';
import { lockRun } from '../folder/run-lock.js';
import { weightsFile } from '../folder/weights-file.js';
import { isFinished, summarizeRun, type FinishedRunSummary } from '../run-summary.js';
import { compactEpoch } from './compact-epoch.js';
import { columnsOf, epochsOf, type CompactEpoch } from './metrics-columns.js';
import { onOneLine } from './on-one-line.js';

/** What to remove in addition to the checkpoint and each gate's phi. */
export interface CompactOptions {
  readonly withoutWeights?: boolean;
  readonly withoutEvents?: boolean;
  /** Remove the quantizers' bits, ranges and gates of all epochs but the last. */
  readonly withoutGateHistory?: boolean;
}

/** The effect of compacting a run. */
export interface Compaction {
  readonly folder: string;
  /** Total size of its folder. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** New contents of files, by name, in the order of writing. */
  readonly written: ReadonlyMap<string, string>;
  /** Names of the files to remove. */
  readonly removed: readonly string[];
}

/**
 * Plan to compact runs, without changing anything.
 *
 * @throws UserError listing, one per line, the runs that cannot be compacted: unfinished ones, ones that
 *   another process works on, and ones with damaged metrics
 */
export async function planCompactions(
  folders: readonly string[],
  options: CompactOptions,
): Promise<Compaction[]> {
  const plans: Compaction[] = [];
  const refusals: string[] = [];
  // Sequential, since metrics may be large.
  for (const folder of folders) {
    try {
      await expectFree(folder);
      plans.push(await planCompaction(folder, options));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      refusals.push(error.message);
    }
  }
  if (refusals.length === 0) return plans;
  throw new UserError([...refusals, 'Nothing was changed.'].join('\n'));
}

/**
 * Compact a run. Its metrics exist at every moment: in full until the compact ones are written.
 *
 * @throws UserError as for `planCompactions`; WriteError if a file cannot be written
 */
export function compactRun(folder: string, options: CompactOptions): Promise<void> {
  return lockRun(folder, async () => {
    const { written, removed } = await planCompaction(folder, options);
    for (const [name, text] of written) await writeWhole(join(folder, name), text);
    for (const name of removed) {
      const path = join(folder, name);
      await explainWriteErrors(path, () => rm(path, { force: true }));
    }
  });
}

async function expectFree(folder: string): Promise<void> {
  const holder = await lockHolder(folder);
  if (holder === undefined) return;
  throw new UserError(
    `${folder}: expected a run that no process works on, found one held by ${holder}. Wait for it, or stop it.`,
  );
}

async function planCompaction(folder: string, options: CompactOptions): Promise<Compaction> {
  const run = await summarizeRun(folder);
  if (!isFinished(run)) {
    const why = run.reason === undefined ? '' : ` (${run.reason})`;
    throw new UserError(
      `${folder}: expected a run that has finished, found one whose status is ${run.status}${why}. Finish it, ` +
        'or name other folders.',
    );
  }
  const written = new Map(await onOneLine(folder));
  const metrics = await compactMetrics(run, options);
  if (metrics !== undefined) written.set(compactMetricsFile.name, metrics);
  const names = await readdir(folder);
  const removed = names.filter((name) => goes(name, options));
  const replaced = names.filter((name) => written.has(name));
  const gone = await Promise.all(
    [...removed, ...replaced].map((name) => fileSize(join(folder, name))),
  );
  const bytesBefore = await folderSize(folder);
  const bytesAfter = [...written.values()].reduce(
    (sum, text) => sum + Buffer.byteLength(text),
    bytesBefore - gone.reduce((sum, size) => sum + size, 0),
  );
  return { folder, bytesBefore, bytesAfter, written, removed };
}

/** Text of the compact metrics; undefined if it stays the same. @throws UserError if damaged or too large */
async function compactMetrics(
  { folder, config, result, epochs }: FinishedRunSummary,
  { withoutGateHistory = false }: CompactOptions,
): Promise<string | undefined> {
  const problems: string[] = [];
  const distribution = gateDistributions[config.gates.distribution];
  const lines = await readLines(folder, metricsFile, problems);
  const losesGates =
    withoutGateHistory && epochs.slice(0, -1).some(({ gates }) => gates.length > 0);
  const compactLines =
    lines === undefined && losesGates
      ? await readLines(folder, compactMetricsFile, problems)
      : undefined;
  const compact: CompactEpoch[] = [];
  for (const epoch of compactEpochs(lines, compactLines, distribution)) {
    const keepsGates = !withoutGateHistory || epoch.epoch === result.epochs;
    compact.push(keepsGates ? epoch : { ...epoch, quantizers: [] });
  }
  const isWhole =
    epochs.length === result.epochs && epochs.every(({ epoch }, index) => epoch === index + 1);
  if (problems.length > 0 || !isWhole) {
    throw new UserError(
      `${folder}: expected the metrics of ${result.epochs} epochs, found those of ${epochs.length}` +
        `${problems.map((problem) => ` (${problem})`).join('')}. Put ${metricsFile.name} back: a damaged ` +
        'run is not compacted.',
    );
  }
  return lines || losesGates ? encoded(folder, columnsOf(compact)) : undefined;
}

function* compactEpochs(
  lines: Iterable<EpochMetrics> | undefined,
  compactLines: Iterable<MetricsColumns> | undefined,
  distribution: GateDistribution,
): Generator<CompactEpoch> {
  for (const line of lines ?? []) yield compactEpoch(line, distribution);
  for (const columns of compactLines ?? []) yield* epochsOf(columns);
}

/** Encode columns. @throws UserError if decoding them would fail, since the metrics would be lost */
function encoded(folder: string, columns: readonly MetricsColumns[]): string {
  const { name, mostBytes } = compactMetricsFile;
  const lines = columns.map((each) => compactMetricsFile.encode(each));
  const text = lines.join('');
  const limits = [
    [columns.reduce((sum, each) => sum + statesIn(each), 0), mostStates, 'epochs x quantizers'],
    [Math.max(0, ...columns.map(channelsIn)), mostChannels, 'channels'],
    [Buffer.byteLength(text), mostBytes, 'bytes'],
  ] as const;
  const [exceeded] = limits.filter(([found, most]) => found > most);
  if (exceeded === undefined && lines.every((line) => compactMetricsFile.decode(line).success)) {
    return text;
  }
  const why = exceeded
    ? `at most ${exceeded[1]} ${exceeded[2]}, found ${exceeded[0]}`
    : `bit widths ${bitWidths.join(', ')} and names of at most ${longestName} characters, found others`;
  throw new UserError(
    `${folder}: expected metrics that fit in ${name}, with ${why}. Name other folders: this run cannot be ` +
      'compacted.',
  );
}

function goes(name: string, { withoutWeights, withoutEvents }: CompactOptions): boolean {
  if ([metricsFile.name, checkpointFile, previousCheckpointFile].includes(name)) return true;
  if (name === weightsFile) return withoutWeights === true;
  return withoutEvents === true && name.startsWith('events.out.tfevents.');
}
