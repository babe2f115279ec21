import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { installedBuilds } from '../../src/backend/start.js';
import { bbits, bin, startBbits, type Ended } from '../helpers/run-bbits.js';
import { trainImagesName } from '../data/idx-files.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { testThreads } from '../helpers/test-backend.js';
import { learnableMnist } from '../helpers/learnable-mnist.js';

/** Files whose bytes are determined by config, seed and threads. */
const reproducible = [
  'checkpoint.bbits',
  'config.yaml',
  'metrics.jsonl',
  'result.json',
  'run.json',
  'weights.safetensors',
] as const;

let folder: string;
let config: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  config = join(folder, 'small.yaml');
  await writeFile(
    config,
    `dataset: { name: mnist, path: ${await learnableMnist()} }
model:
  layers:
    - { type: flatten }
    - { type: dense, name: fc1, units: 256 }
    - { type: dense, name: fc2, units: 10 }
threads: 2
optimizers: { gates: { learningRate: 2e-2 } }
training: { epochs: 2, batchSize: 64 }
`,
  );
});

const train = (...args: string[]): Promise<Ended> => bbits(['train', config, ...args], process.env);
const out = (name: string) => ['--out', join(folder, name)];
/** WebAssembly starts in half the time, for tests whose subject is not the backend. */
const wasm = 'backend=wasm';
const readJson = async (...path: string[]) =>
  JSON.parse(await readFile(join(folder, ...path), 'utf8')) as Record<string, unknown>;

describe('a run', () => {
  test('is a folder with all its inputs and results, reproducible byte for byte', async () => {
    const { code, stdout, stderr } = await train(...out('run'));
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Epoch 1\/2 {2}cross entropy [\d.]+ {2}mu R [\d.]+ {2}test [\d.]+ % {2}BOPs [\d.]+ %\n/,
    );
    expect(stdout).toMatch(
      /^fc1 +\d+ bits +±[\d.]+ +\d+ of 256 +\d+ bits +0 to [\d.]+ +[\d.]+ %$/m,
    );
    expect(stdout).toContain(`The run is in ${join(folder, 'run')}\n`);
    expect(stderr).toContain('300 training and 110 test images');
    expect(stderr).toContain('unverified');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(
      80 + folder.length,
    );
    expect(await readdir(join(folder, 'run'))).toEqual(
      [
        ...reproducible,
        'events.out.tfevents.0001.bbits',
        'invocations.jsonl',
        'status.json',
        'timings.jsonl',
      ].sort(),
    );

    const run = await readJson('run', 'run.json');
    expect(run).toMatchObject({
      seed: 1,
      ...((await installedBuilds()).length > 0
        ? { backend: 'native-cpu', threads: testThreads }
        : { backend: 'wasm', threads: 1 }),
      versions: { node: process.versions.node },
    });
    expect((run['dataset'] as { files: unknown[] }).files).toHaveLength(4);
    const lines = (await readFile(join(folder, 'run', 'metrics.jsonl'), 'utf8')).trim().split('\n');
    const [, last] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const { epoch, quantizers, ...metrics } = last ?? {};
    expect(epoch).toBe(2);
    expect(quantizers).toHaveLength(3);
    expect(await readJson('run', 'result.json')).toMatchObject({ epochs: 2, ...metrics });

    // --quiet prints nothing and gives the same bytes; another seed gives others.
    expect(await train(...out('again'), '--quiet')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await train(...out('other'), 'seed=2')).toMatchObject({ code: 0 });
    for (const name of reproducible) {
      const [one, again, other] = await Promise.all(
        ['run', 'again', 'other'].map((run) => readFile(join(folder, run, name))),
      );
      expect(one?.equals(again as Buffer), name).toBe(true);
      expect(one?.equals(other as Buffer), name).toBe(false);
    }
  });

  test('prints both parts of the loss, and announces each phase', async () => {
    const { stdout, stderr } = await train(...out('run'), wasm, 'fineTuning.epochs=1');
    const lines = (await readFile(join(folder, 'run', 'metrics.jsonl'), 'utf8')).trim().split('\n');
    const [first, , last] = lines.map((line) => JSON.parse(line) as Record<string, number>);
    const { loss = 0, crossEntropy = 0 } = first ?? {};
    expect(stdout).toContain(
      `Epoch 1/3 learning  cross entropy ${crossEntropy.toFixed(3)}  mu R ${(loss - crossEntropy).toFixed(3)}  test`,
    );
    const tuned = `cross entropy ${last?.['loss']?.toFixed(3) ?? ''}  test `;
    expect(stdout).toContain(`Epoch 3/3 fine-tuning  ${tuned}`);
    expect(stderr).toMatch(
      /^Learning, 2 epochs: the loss is cross entropy \+ mu R, where R is the cost of open gates\nFine-tuning, 1 epoch: gates are fixed, the loss is cross entropy\n/m,
    );
  });

  test('is refused in a folder that is not empty', async () => {
    await writeFile(join(folder, 'precious'), '');
    const { code, stderr } = await bbits(['train', config, '--out', folder], process.env);
    expect(code).toBe(1);
    expect(stderr).toContain(
      `${folder}: found a folder with 2 files in it, expected a new or empty one`,
    );
    expect(await readdir(folder)).toEqual(['precious', 'small.yaml']);
  });

  test('continues when its output is no longer read', async () => {
    const running = startBbits(
      ['train', config, ...out('run'), wasm, 'training.epochs=4'],
      process.env,
    );
    await running.says('Epoch 1/4');
    running.stopReading();
    expect((await running.ended).code).toBe(0);
    expect(await readJson('run', 'result.json')).toMatchObject({ epochs: 4 });
  });

  test.runIf(process.platform === 'linux')(
    'continues when the disk of its output is full',
    async () => {
      const full = openSync('/dev/full', 'w');
      const { status, stderr } = spawnSync(
        process.execPath,
        [bin, 'train', config, ...out('run'), wasm],
        { stdio: ['ignore', full, 'pipe'], encoding: 'utf8' },
      );
      closeSync(full);
      expect(status).toBe(0);
      const said = /standard output: cannot be written to \(ENOSPC.*\)\. The work continues\.$/gm;
      expect(stderr.match(said)).toHaveLength(1);
      expect(await readJson('run', 'result.json')).toMatchObject({ epochs: 2 });
    },
  );

  test('that is interrupted keeps its epochs and exits 130', async () => {
    const running = startBbits(
      ['train', config, ...out('run'), wasm, 'training.epochs=10000'],
      process.env,
    );
    await running.says('Epoch     1/10000');
    running.kill('SIGINT');
    const { code, stdout, stderr } = await running.ended;
    expect(code).toBe(130);
    const epochs = stdout.trim().split('\n').length;
    expect(stderr).toMatch(
      /Interrupted; \d+ epochs? finished\. To continue: bbits resume \S*run\n$/,
    );
    const metrics = await readFile(join(folder, 'run', 'metrics.jsonl'), 'utf8');
    expect(metrics.trim().split('\n')).toHaveLength(epochs);
    expect(await readdir(join(folder, 'run'))).not.toContain('result.json');
  });
});

describe('nothing is written and the exit code says why', () => {
  test('for a bad config: all mistakes at once, exit 2', async () => {
    await writeFile(config, 'dataset: mnist\nmodel: lenet5\nsede: 3\ntraining:\n  epochs: many\n');
    const { code, stdout, stderr } = await train(...out('run'), 'mu=-1');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      `${config}:3:1 sede: unknown key, did you mean seed?\n` +
        `${config}:5:11 training.epochs: found "many", expected an integer of at least 1\n` +
        'command line: mu: found -1, expected a number of at least 0\n',
    );
    expect(await readdir(folder)).toEqual(['small.yaml']);
  });

  test('for a damaged data file: its name, what was found and expected, exit 1', async () => {
    const data = await learnableMnist();
    await writeFile(join(data, trainImagesName), Buffer.alloc(1000));
    const { code, stderr } = await train(...out('run'), `dataset.path=${data}`);
    expect(code).toBe(1);
    expect(stderr).toContain(join(data, trainImagesName));
    expect(stderr).toMatch(/expected .*, found /);
    expect(await readdir(folder)).toEqual(['small.yaml']);
  });

  test('for a missing GPU, exit 1', async () => {
    const { code, stderr } = await train(...out('run'), 'backend=native-gpu');
    expect(code).toBe(1);
    expect(stderr).toContain('Backend native-gpu was requested');
    expect(await readdir(folder)).toEqual(['small.yaml']);
  });

  test('for bad usage, exit 2', async () => {
    expect(await bbits(['train'], process.env)).toMatchObject({ code: 2 });
    expect(await train('--log-level', 'loud')).toMatchObject({ code: 2 });
    expect(await train('--frobnicate')).toMatchObject({ code: 2 });
  });
});

test('--print-config prints the config with defaults and overrides, and trains nothing', async () => {
  const { code, stdout } = await train('--print-config', 'seed=7');
  expect(code).toBe(0);
  expect(stdout).toContain('seed: 7\n');
  expect(stdout).toContain('beta2: 0.999\n');
  expect(await readdir(folder)).toEqual(['small.yaml']);
});

test('runs without --out get folders of their own under results/', async () => {
  const args = ['train', config, wasm, 'training.epochs=1', '--quiet'];
  const run = () => startBbits(args, process.env, folder).ended;
  expect([await run(), await run()]).toMatchObject([{ code: 0 }, { code: 0 }]);
  expect((await readdir(join(folder, 'results'))).sort()).toEqual(['small-seed1', 'small-seed1-2']);
});

test('help has examples and appears at once', async () => {
  const { code, stdout } = await bbits(['train', '--help'], process.env);
  expect(code).toBe(0);
  expect(stdout).toContain('Examples:\n  bbits train configs/quickstart.yaml');
});

test('a run whose folder is deleted reports that without a stack', async () => {
  const running = startBbits(
    ['train', config, ...out('gone'), wasm, 'training.epochs=50'],
    process.env,
  );
  await running.says('Epoch  1/50');
  // Moved away first, since deleting in place would race with the run's writes.
  await rename(join(folder, 'gone'), join(folder, 'going'));
  await rm(join(folder, 'going'), { recursive: true });
  const { code, stderr } = await running.ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /gone\/[\w.]+: cannot be written \(ENOENT.*\)\. Its folder is gone: create it again\.\n$/,
  );
  expect(stderr).not.toContain('    at ');
});
