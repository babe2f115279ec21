import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { learnableMnist } from './learnable-mnist.js';
import { bbits } from './run-bbits.js';
import { temporaryFolder } from './temporary-folder.js';

/**
 * Trains on a few images with the real program, and gives the run's folder. It goes when the test ends.
 *
 * @param config all of it but the data set
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
