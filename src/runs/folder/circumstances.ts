import { join } from 'node:path';
import { z } from 'zod';
import { parseConfig, type Config } from '../../config/config.js';
import { CannotResumeError } from './cannot-resume.js';
import type { Checkpoint } from './checkpoint.js';
import { parseJson, readBounded } from '../../files/read-bounded.js';
import { differingKeys, flatConfig } from '../../config/naming/settings.js';

/** What of a run's `run.json` has to be the same where it goes on. */
const schema = z.object({
  backend: z.enum(['native-gpu', 'native-cpu', 'wasm']),
  device: z.string(),
  threads: z.int().min(1).max(65_536),
  versions: z.object({ tensorflow: z.string().nullable(), tfjs: z.string() }),
  dataset: z.object({ files: z.array(z.object({ name: z.string(), sha256: z.string() })) }),
});

export type Circumstances = z.output<typeof schema>;

const mostBytes = 4 * 2 ** 20;

/**
 * @returns undefined where a run was stopped before it wrote them
 * @throws CannotResumeError if they are damaged
 */
export async function readCircumstances(folder: string): Promise<Circumstances | undefined> {
  const path = join(folder, 'run.json');
  const bytes = await readBounded(path, mostBytes);
  if (bytes === undefined) return undefined;
  const { success, data } = schema.safeParse(parseJson(bytes.toString()));
  if (success) return data;
  throw new CannotResumeError(
    `${path}: expected the record of a run by this version of bbits, found something else. Without it ` +
      'nobody knows what the run was made with: train it again.',
  );
}

/** @throws CannotResumeError with all that differs */
export function checkCircumstances(
  folder: string,
  recorded: Circumstances,
  current: Circumstances,
): void {
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
  const config = parseConfig(checkpoint.config, join(folder, 'config.yaml'));
  // Where it is computed is in the circumstances.
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

function tensorflowOf({ versions: { tensorflow, tfjs } }: Circumstances): string {
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
