import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { runExperiment } from '../../src/runs/run-experiment.js';
import { learnableMnist } from './learnable-mnist.js';
import { bbits } from './run-bbits.js';
import { silent } from './silent-observer.js';
import { temporaryFolder } from './temporary-folder.js';

/**
 * Train on a few images with the real program, and return the run's folder. It is removed when the test ends.
 *
 * @param config a config without its data set
 */
export async function smallRun(config: string): Promise<string> {
  const folder = await temporaryFolder();
  const file = join(folder, 'small.yaml');
  await writeFile(file, `dataset: { name: mnist, path: ${await learnableMnist()} }\n${config}`);
  const run = join(folder, 'run');
  const ended = await bbits(['train', file, '--out', run, '--quiet'], process.env);
  expect(ended).toEqual({ code: 0, stdout: '', stderr: '' });
  return run;
}

/** Train like `smallRun`, but in this process, without the program. */
export async function smallRunHere(config: string): Promise<string> {
  const text = `dataset: { name: mnist, path: ${await learnableMnist()} }\n${config}`;
  const file = 'small.yaml';
  const out = join(await temporaryFolder(), 'run');
  await runExperiment(
    { config: parseConfig(text, file), file },
    { out, command: ['test'] },
    silent,
  );
  return out;
}
