import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { learnableMnist } from '../helpers/learnable-mnist.js';
import { bbits } from '../helpers/run-bbits.js';
import { runFileHashes } from '../helpers/run-files.js';
import { twoShortPhases } from '../helpers/small-network.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const killer = pathToFileURL(join(import.meta.dirname, '../helpers/kill-at-operation.ts'));

/** Kills the process at the nth operation on files in a folder. */
const killedAt = (at: number, folder: string): NodeJS.ProcessEnv => ({
  ...process.env,
  NODE_OPTIONS: `--import tsx --import ${killer.href}`,
  KILL_FOLDER: folder,
  KILL_AT: String(at),
});

/**
 * Kills the real program (SIGKILL) in the middle of each write, rename, flush and other operation on its run's
 * files. Each time, resuming the run ends with the same bytes.
 */
test('a run killed at any file operation resumes to the same bytes', async () => {
  const folder = await temporaryFolder();
  const config = join(folder, 'small.yaml');
  const data = await learnableMnist(40, 20);
  await writeFile(config, `dataset: { name: mnist, path: ${data} }\n${twoShortPhases}`);
  // One phase is enough: faults.test.ts fails operations in both.
  const train = (out: string) => ['train', config, 'fineTuning.epochs=0', '--out', out, '--quiet'];
  const whole = join(folder, 'whole');
  expect((await bbits(train(whole), process.env)).code).toBe(0);
  const expected = await runFileHashes(whole);

  let [kills, resumed] = [0, 0];
  for (let at = 1; ; at++) {
    const run = join(folder, `run-${at}`);
    const { code, stderr } = await bbits(train(run), killedAt(at, run));
    if (code === 0) break;
    expect({ code, stderr }, `operation ${at}`).toEqual({ code: null, stderr: '' });
    kills += 1;
    // Killed before it wrote its config, so there is nothing to resume.
    if (!existsSync(join(run, 'config.yaml'))) continue;
    const ended = await bbits(['resume', run, '--quiet'], process.env);
    expect(ended, `operation ${at}`).toMatchObject({ code: 0, stdout: '' });
    expect(await runFileHashes(run), `operation ${at}`).toEqual(expected);
    resumed += 1;
    await rm(run, { recursive: true });
  }
  expect(kills).toBeGreaterThan(50);
  expect(resumed).toBeGreaterThan(40);
});
