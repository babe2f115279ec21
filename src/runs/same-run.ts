import { join } from 'node:path';
import { parseConfig, type Config } from '../config/config.js';
import { differingKeys, flatConfig } from '../config/naming/settings.js';
import { CannotResumeError } from './folder/cannot-resume.js';
import type { Checkpoint } from './folder/checkpoint-file.js';
import { configFile } from './folder/config-file.js';
import { latestOf, type RunRecord } from './folder/record-file.js';
import { circumstanceDifferences, ofMachine } from './identity/circumstances.js';
import { dataDifferences, difference, sumDifference } from './identity/data-origin.js';

/**
 * Check that a run would continue as the same run: with the same backend, threads, data, starting weights and
 * teacher. Another device is allowed.
 *
 * @returns the differences of the machine, one per line
 * @throws CannotResumeError listing all differences, if they go beyond the machine
 */
export function checkRecord(folder: string, recorded: RunRecord, current: RunRecord): string[] {
  const circumstances = circumstanceDifferences([latestOf(recorded), current]);
  const lines = (found: typeof circumstances) =>
    found.flatMap(({ name, values: [had = '', now = ''] }) => difference(name, had, now));
  const machine = lines(circumstances.filter(({ name }) => ofMachine.has(name)));
  const differences = [
    ...lines(circumstances.filter(({ name }) => !ofMachine.has(name))),
    ...dataDifferences(recorded.dataset, current.dataset),
    ...parentDifferences(recorded, current),
    ...teacherDifferences(recorded, current),
  ];
  if (differences.length > 0) throw notTheSame(folder, [...machine, ...differences]);
  return machine;
}

/** Difference in starting weights; none if either is unknown. */
export function parentDifferences(
  { parent: had }: Pick<RunRecord, 'parent'>,
  { parent: now }: Pick<RunRecord, 'parent'>,
): string[] {
  return had && now ? sumDifference('the initial weights', had.weights, now.weights) : [];
}

/** Difference in the teacher's network; none if either is unknown. */
export function teacherDifferences(
  { teacher: had }: Pick<RunRecord, 'teacher'>,
  { teacher: now }: Pick<RunRecord, 'teacher'>,
): string[] {
  return had && now ? sumDifference('the teacher’s weights', had.weights, now.weights) : [];
}

/**
 * The config that a checkpoint resumes with. It must match `config.yaml`, where an interrupted extension may
 * have left the old number of epochs.
 *
 * @param stored the config in `config.yaml`
 * @throws CannotResumeError listing the keys that differ
 */
export function checkConfig(
  folder: string,
  checkpoint: Checkpoint,
  stored: Config,
): { config: Config; checkpoint: Checkpoint } {
  const config = parseConfig(checkpoint.config, join(folder, configFile));
  // Backend, threads, data and weights are compared by `checkRecord`.
  const both = [config, stored].map((each) =>
    flatConfig(each, ['backend', 'threads', 'tf32', 'from']),
  );
  const isExtended = checkpoint.extendedAfterEpochs.length > 0;
  const differences = differingKeys(both)
    .filter(
      (key) =>
        !['dataset.path', 'teacher.run'].includes(key) &&
        !(isExtended && key === 'training.epochs'),
    )
    .flatMap((key) => {
      const [run, now] = both.map((flat) => flat.get(key) ?? 'none');
      return difference(key, run ?? '', now ?? '');
    });
  if (differences.length > 0) throw notTheSame(folder, differences);
  return { config, checkpoint };
}

function notTheSame(folder: string, differences: readonly string[]): CannotResumeError {
  return new CannotResumeError(
    `${folder}: if resumed, it would not be the same run:\n  ${differences.join('\n  ')}\n` +
      'Restore the original, name its current folder (dataset.path=FOLDER, from=FOLDER, teacher.run=FOLDER), or start ' +
      `another run from the weights of this one, with from: ${folder}`,
  );
}
