import { join } from 'node:path';
import { parseConfig, type Config } from '../config/config.js';
import { differingKeys, flatConfig } from '../config/naming/settings.js';
import { CannotResumeError } from './folder/cannot-resume.js';
import type { Checkpoint } from './folder/checkpoint-file.js';
import { configFile } from './folder/config-file.js';
import type { RunRecord } from './folder/record-file.js';

/**
 * Whether a run would go on with what it was made with: the same backend, device, threads and data.
 *
 * @throws CannotResumeError with all that differs
 */
export function checkRecord(folder: string, recorded: RunRecord, current: RunRecord): void {
  const differences = [
    ...difference('backend', recorded.backend, current.backend),
    ...difference('device', recorded.device, current.device),
    ...difference('threads', recorded.threads, current.threads),
    ...difference('TensorFlow', tensorflowOf(recorded), tensorflowOf(current)),
    ...recorded.dataset.files.flatMap(({ name, sha256 }) => {
      const file = current.dataset.files.find((other) => other.name === name);
      return difference(`SHA-256 of ${name}`, sha256, file?.sha256 ?? 'no such file');
    }),
  ];
  if (differences.length > 0) throw notTheSame(folder, differences);
}

/**
 * The config that a checkpoint goes on with: the run's, in which a number of epochs that was being
 * changed may be that of before.
 *
 * @param stored in `config.yaml`
 * @throws CannotResumeError with the keys that differ
 */
export function checkConfig(
  folder: string,
  checkpoint: Checkpoint,
  stored: Config,
): { config: Config; checkpoint: Checkpoint } {
  const config = parseConfig(checkpoint.config, join(folder, configFile));
  // Where it is computed is in the run's record.
  const both = [config, stored].map((each) => flatConfig(each, ['backend', 'threads']));
  const isExtended = checkpoint.extendedAfterEpochs.length > 0;
  const differences = differingKeys(both)
    .filter((key) => !(isExtended && key === 'training.epochs'))
    .flatMap((key) => {
      const [run, now] = both.map((flat) => flat.get(key) ?? 'none');
      return difference(key, run ?? '', now ?? '');
    });
  if (differences.length > 0) throw notTheSame(folder, differences);
  return { config, checkpoint };
}

function tensorflowOf({ versions: { tensorflow, tfjs } }: RunRecord): string {
  return tensorflow ?? `none (TensorFlow.js ${tfjs})`;
}

function difference(what: string, run: string | number, now: string | number): string[] {
  return run === now ? [] : [`${what}: the run has ${run}, now there is ${now}`];
}

function notTheSame(folder: string, differences: readonly string[]): CannotResumeError {
  return new CannotResumeError(
    `${folder}: it would not be the same run:\n  ${differences.join('\n  ')}\n` +
      `Put that back, or start another run from its weights, with from: ${folder}`,
  );
}
