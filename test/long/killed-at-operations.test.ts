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

/** Where the nth operation on files in a folder kills the process. */
const killedAt = (at: number, folder: string): NodeJS.ProcessEnv => ({
  ...process.env,
  NODE_OPTIONS: `--import tsx --import ${killer.href}`,
  KILL_FOLDER: folder,
  KILL_AT: String(at),
});

/**
 * The real program, killed (SIGKILL) at every write, rename, flush and the like of its run's files, in
 * the middle of it: each time the run then goes on to the same bytes.
 */
test('a run that is killed at any operation goes on to the same bytes', async () => {
  const folder = await temporaryFolder();
  const config = join(folder, 'small.yaml');
  const data = await learnableMnist(40, 20);
  await writeFile(config, `dataset: { name: mnist, path: ${data} }\n${twoShortPhases}`);
  // One phase: in faults.test.ts operations fail in both.
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
    // Killed before there was a config: nothing to go on with.
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
