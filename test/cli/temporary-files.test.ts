import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { startNative } from '../helpers/test-backend.js';
import { bbits } from '../helpers/run-bbits.js';
import { learnableMnist } from '../helpers/learnable-mnist.js';
import { tinyNetwork } from '../helpers/small-network.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

beforeEach(startNative);

test('train and the doctor report a TMPDIR that is not writable, and train writes nothing', async () => {
  const folder = await temporaryFolder();
  const missing = join(folder, 'missing');
  const env = { ...process.env, TMPDIR: missing };
  const config = join(folder, 'small.yaml');
  const run = join(folder, 'run');
  const dataset = `dataset: { name: mnist, path: ${await learnableMnist()} }`;
  await writeFile(config, `${dataset}\n${tinyNetwork}backend: native-cpu\nthreads: 1\n`);

  const message =
    `TMPDIR=${missing}: temporary files cannot be written there: it does not exist ` +
    '(ENOENT). Set TMPDIR to a writable folder with free space.';
  expect(await bbits(['train', config, '--out', run], env)).toEqual({
    code: 1,
    stdout: '',
    stderr: `${message}\n`,
  });
  expect(existsSync(run)).toBe(false);

  const { code, stdout } = await bbits(['backend', 'doctor'], env);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^Backend +none can run$/m);
  expect(stdout).toContain(`Problem     ${message}\n`);
});
