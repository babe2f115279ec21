import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startBbits } from '../helpers/run-bbits.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { resultFile } from '../../src/runs/folder/result-file.js';
import { stored } from '../helpers/stored.js';

const config = join(import.meta.dirname, '../../configs/quickstart.yaml');

// auto: native TensorFlow where installed.
test.each(['auto', 'wasm'])(
  'the quickstart reaches its accuracy and bit operations on backend %s',
  async (backend) => {
    const folder = await temporaryFolder();
    const { code, stdout, stderr } = await startBbits(
      ['train', config, `backend=${backend}`],
      process.env,
      folder,
    ).ended;
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/% test accuracy at .* % relative BOPs \(.*\), in .* s of training/);
    const result = await stored(join(folder, 'results/quickstart-seed1'), resultFile);
    expect(result.testAccuracyPercent).toBeGreaterThanOrEqual(98.7);
    expect(result.relativeBopsPercent).toBeLessThanOrEqual(0.6);
  },
);
