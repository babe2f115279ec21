import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { bbits } from '../helpers/run-bbits.js';
import { learnableMnist } from '../helpers/learnable-mnist.js';
import { tinyNetwork } from '../helpers/small-network.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { resultFile } from '../../src/runs/folder/result-file.js';
import { stored } from '../helpers/stored.js';

let folder: string;
let config: string;
/** A user without native TensorFlow. */
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  folder = await temporaryFolder();
  config = join(folder, 'small.yaml');
  env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') };
  await writeFile(
    config,
    `dataset: { name: mnist, path: ${await learnableMnist()} }
${tinyNetwork}training: { epochs: 2, batchSize: 64 }
sweep: { seed: [1, 2] }
`,
  );
});

describe('without native TensorFlow', () => {
  test('auto uses WebAssembly, says so in one line, and is reproducible byte for byte', async () => {
    const one = join(folder, 'one');
    const single = join(folder, 'single.yaml');
    await writeFile(single, (await readFile(config, 'utf8')).replace(/^sweep.*\n/m, ''));
    const train = (...args: string[]) => bbits(['train', single, '--out', ...args], env);
    const { code, stderr } = await train(one);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/^TensorFlow.js [\d.]+, WebAssembly: .+, 1 thread$/m);
    expect(stderr).toMatch(
      /^Native TensorFlow is not installed: .* about \d+ times slower. Install it with: bbits backend install$/m,
    );
    expect(JSON.parse(await readFile(join(one, 'run.json'), 'utf8'))).toMatchObject({
      backend: 'wasm',
      threads: 1,
      versions: { tensorflow: null },
    });

    const two = join(folder, 'two');
    const asked = await train(two, 'backend=wasm', 'threads=2');
    expect(asked.stderr).toMatch(/^WebAssembly uses 1 thread, not the requested 2\./m);
    for (const file of ['metrics.jsonl', 'result.json', 'weights.safetensors']) {
      expect(await readFile(join(two, file)), file).toEqual(await readFile(join(one, file)));
    }

    const evaluated = await bbits(['evaluate', one, '--json'], env);
    expect(evaluated.code, evaluated.stderr).toBe(0);
    const { testAccuracyPercent } = await stored(one, resultFile);
    expect(JSON.parse(evaluated.stdout)).toMatchObject({ accuracyPercent: testAccuracyPercent });
    expect(await bbits(['export', one], env)).toMatchObject({ code: 0 });
  });

  test('a sweep runs in separate processes', async () => {
    const args = ['sweep', config, '--jobs', '2', '--out', join(folder, 'sweep')];
    const { code, stdout, stderr } = await bbits(args, env);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('2 of 2 points finished');
    expect(stderr.match(/^Native TensorFlow is not installed: /gm)).toHaveLength(1);
  });

  test.each(['native-cpu', 'native-gpu'])('%s is an error', async (backend) => {
    const args = ['train', 'configs/quickstart.yaml', `backend=${backend}`, '--out', folder];
    const { code, stderr } = await bbits(args, env);
    expect(code).toBe(1);
    expect(stderr).toMatch(/is not installed.*bbits backend install/);
  });
});
