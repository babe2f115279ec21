import { Command } from 'commander';
import { UserError } from '../../errors.js';
import type { Compaction } from '../../runs/compact/compact-runs.js';
import { formatBytes } from '../../text/bytes.js';
import { counted } from '../../text/counted.js';
import { escapeControls } from '../../text/escape-controls.js';
import { plainTable } from '../output/plain-table.js';
import { note, say } from '../output/say.js';
import { lineWidth } from '../output/terminal.js';

interface Options {
  readonly withoutWeights?: true;
  readonly withoutEvents?: true;
  readonly withoutGateHistory?: true;
  readonly dryRun?: true;
}

/** `bbits runs compact`: delete from finished runs what is large and needed only for training. */
export function compactCommand(): Command {
  return new Command('compact')
    .description('Shrink finished runs, for storage or sharing')
    .argument('<folder...>', 'runs, or folders with runs in them')
    .option('--without-weights', 'also delete weights.safetensors')
    .option('--without-events', 'also delete the events for TensorBoard')
    .option(
      '--without-gate-history',
      'also delete bits, ranges and open probabilities of all epochs but the last',
    )
    .option('--dry-run', 'only show how large they would be')
    .addHelpText(
      'after',
      `
metrics.compact.jsonl replaces metrics.jsonl, without each gate's phi. For each
epoch it keeps accuracies, test losses, BOPs, bits, counts of kept channels,
training losses (to six digits), ranges (to four) and the gates' open
probabilities (to a tenth of a percent); for the last epoch also which channels
are kept. run.json and result.json are put on one line. The checkpoint is
deleted, so the run can no longer be extended. Weights stay unless
--without-weights is given: evaluate, inspect, export and sensitivity need them,
and so do keys 'from' and 'teacher.run' (also to resume a student). Reports,
lists and sweeps read compact runs as before, with the same tables and figures;
after --without-gate-history, a report's page shows gates for the last epoch
only. The option also works on compact runs.

Unfinished runs, runs in use and runs with damaged metrics are refused; if one
is refused, none is changed.

Examples:
  bbits runs compact results/quickstart-seed1 --dry-run
  bbits runs compact results/lenet5-sweep
  bbits runs compact results/lenet5-sweep --without-weights --without-events`,
    )
    .action(compact);
}

async function compact(given: string[], { dryRun, ...options }: Options): Promise<void> {
  const { findRuns } = await import('../../runs/find-runs.js');
  const { compactRun, planCompactions } = await import('../../runs/compact/compact-runs.js');
  const { folders, problems } = await findRuns(given);
  for (const problem of problems) note(problem);
  if (folders.length === 0) {
    throw new UserError(
      `${given.join(', ')}: found no runs, expected folders with finished runs in them.`,
    );
  }
  const plans = await planCompactions(folders, options);
  const large = plans.filter(({ written, removed }) => written.size + removed.length > 0);
  if (!dryRun) await compactAll(large, ({ folder }) => compactRun(folder, options));
  if (large.length > 0) say(tableOf(large));
  if (large.length < plans.length) {
    say(`Already compact: ${counted(plans.length - large.length, 'run')}`);
  }
  if (large.length > 0) say(totalOf(large, dryRun === true));
}

/** @throws UserError at the first run that cannot be compacted, after a table of the compacted runs */
async function compactAll(
  runs: readonly Compaction[],
  compactOne: (run: Compaction) => Promise<void>,
): Promise<void> {
  for (const [done, run] of runs.entries()) {
    try {
      await compactOne(run);
    } catch (error) {
      if (done > 0) say(tableOf(runs.slice(0, done)));
      if (!(error instanceof UserError)) throw error;
      throw new UserError(
        `${error.message}\n${done} of ${counted(runs.length, 'run')} were compacted; the same command compacts the rest.`,
        error.exitCode,
        { cause: error },
      );
    }
  }
}

function tableOf(runs: readonly Compaction[]): string {
  const rows = runs.map(({ folder, bytesBefore, bytesAfter }) => [
    escapeControls(folder),
    formatBytes(bytesBefore),
    formatBytes(bytesAfter),
  ]);
  return plainTable(['Run', 'Before', 'After'], rows, { width: lineWidth(process.stdout) });
}

function totalOf(runs: readonly Compaction[], isDryRun: boolean): string {
  const total = (of: (run: Compaction) => number) =>
    formatBytes(runs.reduce((sum, run) => sum + of(run), 0));
  const before = total(({ bytesBefore }) => bytesBefore);
  const after = total(({ bytesAfter }) => bytesAfter);
  return isDryRun
    ? `${counted(runs.length, 'run')} of ${before} would take ${after}. Nothing was changed.`
    : `Compacted ${counted(runs.length, 'run')}: ${before} before, ${after} after`;
}
