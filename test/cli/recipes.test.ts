import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { metricsFile } from '../../src/runs/folder/metrics-file.js';
import { recordFile } from '../../src/runs/folder/record-file.js';
import { resultFile } from '../../src/runs/folder/result-file.js';
import { stored, storedLines } from '../helpers/stored.js';
import { stoppableConfig } from '../helpers/stoppable-config.js';
import { bbits, startBbits } from '../helpers/run-bbits.js';
import { runFileHashes } from '../helpers/run-files.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/** Tests training recipes as a user would: trained, stopped and resumed, evaluated, exported. */

let config: string;
let teacher: string;
let folder: string;

beforeAll(async () => {
  const kept = await temporaryFolder();
  config = join(kept, 'small.yaml');
  teacher = join(kept, 'teacher');
  await writeFile(config, await stoppableConfig());
  const taught = await run('train', config, 'training.epochs=2', '--out', teacher, '--quiet');
  expect(taught.code).toBe(0);
});

beforeEach(async () => {
  folder = await temporaryFolder();
});

const at = (...names: string[]) => join(folder, ...names);
const run = (...args: string[]) => bbits(args, process.env);
const train = (name: string, ...overrides: string[]) =>
  run('train', config, ...overrides, '--out', at(name), '--quiet');

/** Train until a signal stops the run within an epoch, or kills it. */
async function stop(name: string, signal: NodeJS.Signals, ...overrides: string[]) {
  const running = startBbits(['train', config, ...overrides, '--out', at(name)], process.env);
  await running.says('Epoch 2/');
  running.kill(signal);
  return running.ended;
}

const everything = () => [
  'optimizers.weights={name: sgd, learningRate: 0.02}',
  'training.schedule=cosine',
  'training.augmentation=shift',
  'training.cutoutPixels=5',
  'training.mixupAlpha=0.4',
  'training.labelSmoothing=0.1',
  'training.averageWeights=0.9',
  'gates.frozenShare=0.3',
  'regularizer.weighting=expected-bops',
  `teacher=${teacher}`,
];

describe('a run resumes to the same bytes', () => {
  test.each([
    ['with all recipes at once, killed', 'SIGKILL', everything],
    [
      'with all recipes at once, on native TensorFlow if installed',
      'SIGTERM',
      () => [...everything(), 'backend=auto', 'threads=1'],
    ],
    ['with averaged weights', 'SIGTERM', () => ['training.averageWeights=0.99']],
    ['with momentum', 'SIGTERM', () => ['optimizers.weights={name: sgd, learningRate: 0.02}']],
  ] as const)('%s', async (_, signal, overrides) => {
    expect((await train('whole', ...overrides())).code).toBe(0);
    expect((await stop('cut', signal, ...overrides())).code).not.toBe(0);
    expect((await run('resume', at('cut'), '--quiet')).code).toBe(0);
    expect(await runFileHashes(at('cut'))).toEqual(await runFileHashes(at('whole')));
  });
});

test('averaged weights are evaluated, saved and exported', async () => {
  expect((await train('run', 'training.averageWeights=0.99')).code).toBe(0);
  const result = await stored(at('run'), resultFile);
  const { stdout } = await run('evaluate', at('run'), '--json');
  const found = JSON.parse(stdout) as Record<string, number>;
  expect(found['accuracyPercent']).toBe(result.testAccuracyPercent);
  expect(found['crossEntropy']).toBeCloseTo(result.testCrossEntropy, 5);
  expect((await run('export', at('run'))).code).toBe(0);
  const plain = await train('plain');
  expect(plain.code).toBe(0);
  const losses = async (name: string) =>
    (await storedLines(at(name), metricsFile)).map(({ crossEntropy }) => crossEntropy);
  // The training is the same, the saved weights are not.
  expect(await losses('run')).toEqual(await losses('plain'));
  expect(await readFile(at('run', 'weights.safetensors'))).not.toEqual(
    await readFile(at('plain', 'weights.safetensors')),
  );
});

test('bbits inspect shows the recipes of a config, and nothing for the published settings', async () => {
  const { stdout } = await run('inspect', config, ...everything());
  const [, told = ''] = /^Trains with +([^]*?)\n\n/m.exec(stdout) ?? [];
  expect(told.replaceAll(/\s+/g, ' ')).toMatch(
    /^priced by expected BOPs, taught by \S+\/teacher, temperature 4, teacher weight 0.9, gates frozen for the last 30 %, SGD, cutout 5, mixup 0.4, label smoothing 0.1, averaged weights 0.9$/,
  );
  expect((await run('inspect', config)).stdout).not.toContain('Trains with');
});

describe('a teacher', () => {
  test('is identified by its contents, wherever it is', async () => {
    await cp(teacher, at('teacher'), { recursive: true });
    expect((await stop('cut', 'SIGTERM', `teacher=${at('teacher')}`)).code).toBe(143);
    const { teacher: recorded } = await stored(at('cut'), recordFile);
    expect(recorded).toMatchObject({ seed: 1 });
    await rename(at('teacher'), at('moved'));
    const lost = await run('resume', at('cut'));
    expect(lost.code).toBe(1);
    expect(lost.stderr).toContain(at('teacher'));

    expect((await train('other', 'seed=2', 'training.epochs=1')).code).toBe(0);
    const other = await run('resume', at('cut'), `teacher.run=${at('other')}`);
    expect(other.code).toBe(1);
    expect(other.stderr).toMatch(
      /SHA-256 of the teacher’s weights: the run has \w{16}, now there is \w{16}\n/,
    );
    const moved = await run('resume', at('cut'), `teacher.run=${at('moved')}`, '--quiet');
    expect(moved).toEqual({ code: 0, stdout: '', stderr: '' });

    const evaluate = (name: string, of: string) => run('evaluate', name, `teacher.run=${of}`);
    const compared = await evaluate(at('cut'), at('other'));
    expect({ code: compared.code, stdout: compared.stdout }).toEqual({ code: 1, stdout: '' });
    expect(compared.stderr).toMatch(
      /SHA-256 of the teacher’s weights: .*\nName the folder of the original: teacher\.run=FOLDER\n$/,
    );
    expect((await evaluate(at('cut'), at('moved'))).code).toBe(0);
    const untaught = await evaluate(at('other'), at('moved'));
    expect(untaught).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'command line: teacher.run: found a folder, but the run has no teacher: leave it out\n',
    });
  });

  test('distinguishes rows of a report and points of a sweep', async () => {
    await writeFile(
      at('sweep.yaml'),
      `${await readFile(config, 'utf8')}sweep: [{ mu: 0.1 }, { teacher: ${teacher} }, ` +
        `{ teacher: { run: ${teacher}, temperature: 2 } }]\n`,
    );
    const sweep = ['sweep', at('sweep.yaml'), 'training.epochs=1', '--out', at('out')];
    const dry = await run(...sweep, '--dry-run');
    expect({ code: dry.code, stderr: dry.stderr }).toEqual({ code: 0, stderr: '' });
    expect((await run(...sweep)).code).toBe(0);
    const again = await run(...sweep, '--dry-run');
    expect(again.stdout).toContain('3 of 3 points finished');
    const { stdout } = await run('report', at('out'));
    expect(stdout).toMatch(/^distilled, temperature 2$/m);
    expect(stdout).toMatch(/taught by\s+\S+\/teacher/);
  });

  test('trained on other images is refused, before anything is written', async () => {
    await cp(teacher, at('teacher'), { recursive: true });
    const record = at('teacher', 'run.json');
    const text = await readFile(record, 'utf8');
    await writeFile(record, text.replace(/"mean": \[[^\]]*\]/, '"mean": [0.5]'));
    const { code, stderr } = await train('run', `teacher=${at('teacher')}`);
    expect(code).toBe(2);
    expect(stderr).toContain(
      `teacher.run: found ${at('teacher')}, a run on images with mean 0.5, expected 0 as in mnist.`,
    );
    await rm(at('teacher'), { recursive: true });
    expect((await train('run', `teacher=${at('teacher')}`)).stderr).toContain(at('teacher'));
  });
});
