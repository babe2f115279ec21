import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { invocationsFile } from '../../src/runs/folder/invocations-file.js';
import { resultFile } from '../../src/runs/folder/result-file.js';
import { stored, storedLines } from '../helpers/stored.js';
import { stoppableConfig } from '../helpers/stoppable-config.js';
import { learnableMnist } from '../helpers/learnable-mnist.js';
import { bbits, startBbits } from '../helpers/run-bbits.js';
import { runFileHashes } from '../helpers/run-files.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

let folder: string;
let config: string;
/** Runs that tests read or copy: a finished one, and one stopped by a signal within an epoch. */
let whole: string;
let stopped: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  config = join(folder, 'small.yaml');
  await writeFile(config, await stoppableConfig());
  [whole, stopped] = [at('whole'), at('stopped')];
  expect((await train('whole')).code).toBe(0);
  expect((await stop('stopped', 'SIGTERM')).code).toBe(143);
});

beforeEach(async () => {
  folder = await temporaryFolder();
});

/** Overrides for tests on native TensorFlow, if it is installed. */
const native = ['backend=auto', 'threads=1'];
const at = (...names: string[]) => join(folder, ...names);
const run = (...args: string[]) => bbits(args, process.env);
const train = (name: string, ...overrides: string[]) =>
  run('train', config, ...overrides, '--out', at(name), '--quiet');
const edit = async (path: string, from: string | RegExp, to: string) => {
  const text = await readFile(path, 'utf8');
  expect(text).toMatch(from);
  await writeFile(path, text.replace(from, to));
};

/** Train until a signal stops the run within an epoch. */
async function stop(name: string, signal: NodeJS.Signals, ...overrides: string[]) {
  const running = startBbits(['train', config, ...overrides, '--out', at(name)], process.env);
  await running.says('Epoch 1/');
  running.kill(signal);
  return running.ended;
}

describe('a run stopped by', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGHUP', 129],
    ['SIGUSR1', 138],
  ] as const)('%s exits with %i, and resumes to the same bytes', async (signal, code) => {
    const ended = await stop('cut', signal);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain(`finished. To continue: bbits resume ${at('cut')}\n`);
    expect(await readdir(at('cut'))).not.toContain('result.json');
    const resumed = await run('resume', at('cut'));
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toMatch(/Continuing in .*cut after \d epochs?( and \d+ steps?)?\n/);
    expect(resumed.stdout).toMatch(/^Epoch [23]\/3/);
    expect(await runFileHashes(at('cut'))).toEqual(await runFileHashes(whole));
    const calls = await storedLines(at('cut'), invocationsFile);
    expect(calls.map(({ command }) => command)).toEqual([
      ['bbits', 'train', config],
      ['bbits', 'resume', at('cut')],
    ]);
    expect(await readdir(at('cut'))).toContain('events.out.tfevents.0002.bbits');
  });

  test('SIGTERM on native TensorFlow, if installed, resumes to the same bytes', async () => {
    expect((await train('native', ...native)).code).toBe(0);
    expect((await stop('cut', 'SIGTERM', ...native)).code).toBe(143);
    expect((await run('resume', at('cut'))).code).toBe(0);
    expect(await runFileHashes(at('cut'))).toEqual(await runFileHashes(at('native')));
  });
});

test('a run killed before its first checkpoint starts over in its folder', async () => {
  await cp(whole, at('cut'), { recursive: true });
  for (const name of await readdir(at('cut'))) {
    if (!['config.yaml', 'run.json'].includes(name)) await rm(at('cut', name));
  }
  expect((await run('resume', at('cut'), '--quiet')).code).toBe(0);
  expect(await runFileHashes(at('cut'))).toEqual(await runFileHashes(whole));
});

test('a run without its checkpoint or record is refused, and left unchanged', async () => {
  await cp(stopped, at('cut'), { recursive: true });
  const kept = await runFileHashes(at('cut'));
  const refused = async (...lost: string[]) => {
    await cp(at('cut'), at('lost'), { recursive: true });
    for (const name of lost) await rm(at('lost', name));
    const { code, stderr } = await run('resume', at('lost'));
    expect(code).toBe(1);
    const left = await runFileHashes(at('lost'));
    expect(left).toEqual(
      Object.fromEntries(Object.entries(kept).filter(([name]) => !lost.includes(name))),
    );
    await rm(at('lost'), { recursive: true });
    return stderr;
  };
  expect(await refused('run.json')).toContain(
    'expected run.json beside the checkpoint, found none',
  );
  expect(await refused('checkpoint.bbits', 'checkpoint.previous.bbits')).toContain(
    'expected a checkpoint of its finished epochs, found none',
  );
});

test.each([
  ['another format', 'bbits checkpoint 7', 'expected a checkpoint of format 1, found format 7'],
  ['a folder in its place', undefined, 'expected a file, found something else'],
])('an unsuitable but undamaged newest checkpoint is not skipped: %s', async (_, text, message) => {
  await cp(stopped, at('cut'), { recursive: true });
  const newest = at('cut', 'checkpoint.bbits');
  const bytes = await readFile(newest, 'latin1');
  await rm(newest);
  if (text === undefined) await mkdir(newest);
  else await writeFile(newest, bytes.replace(/^bbits checkpoint 1/, text), 'latin1');
  const previous = await readFile(at('cut', 'checkpoint.previous.bbits'));
  const { code, stderr } = await run('resume', at('cut'));
  expect(code).toBe(1);
  expect(stderr).toContain(`${newest}: ${message}`);
  expect(await readFile(at('cut', 'checkpoint.previous.bbits'))).toEqual(previous);
});

describe('of two checkpoints', () => {
  test('the previous is used, with a warning, if the newest is damaged', async () => {
    await cp(stopped, at('cut'), { recursive: true });
    const newest = at('cut', 'checkpoint.bbits');
    const bytes = await readFile(newest);
    bytes[bytes.length - 5] = (bytes.at(-5) ?? 0) ^ 1;
    await writeFile(newest, bytes);
    const { code, stderr } = await run('resume', at('cut'));
    expect(code).toBe(0);
    expect(stderr).toContain(
      `${newest}: expected a checkpoint, found a checksum that does not match. The file is damaged. ` +
        'The previous checkpoint is used.',
    );
    expect(await runFileHashes(at('cut'))).toEqual(await runFileHashes(whole));
  });

  test('an error names both if neither can be read', async () => {
    await cp(stopped, at('cut'), { recursive: true });
    const names = ['checkpoint.bbits', 'checkpoint.previous.bbits'];
    for (const name of names) await writeFile(at('cut', name), 'none');
    const { code, stderr } = await run('resume', at('cut'));
    expect(code).toBe(1);
    for (const name of names) expect(stderr).toContain(`${at('cut', name)}: expected a checkpoint`);
    expect(stderr).not.toContain('bug');
  });
});

test('another config, TensorFlow, device, number of threads or data is refused, naming the difference', async () => {
  const cut = at('cut');
  const data = await learnableMnist();
  await stop('cut', 'SIGTERM', `dataset.path=${data}`, ...native);
  // The environment's threads take precedence over the run's; WebAssembly has one.
  const env = { ...process.env, TF_NUM_INTRAOP_THREADS: '1' };
  const refused = async () => {
    const { code, stdout, stderr } = await bbits(['resume', cut], env);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    return stderr;
  };

  const original = await readFile(join(cut, 'config.yaml'), 'utf8');
  await edit(join(cut, 'config.yaml'), /^mu: .*$/m, 'mu: 0.7');
  expect(await refused()).toContain('\n  mu: the run has 0.1, now there is 0.7\n');
  await writeFile(join(cut, 'config.yaml'), original);

  const record = await readFile(join(cut, 'run.json'), 'utf8');
  await edit(join(cut, 'run.json'), /"tensorflow": (null|"[^"]*")/, '"tensorflow": "1.1"');
  await edit(join(cut, 'run.json'), /"device": "[^"]*"/, '"device": "an abacus"');
  await edit(join(cut, 'run.json'), /"threads": \d+/, '"threads": 3');
  const other = await refused();
  expect(other).toContain('device: the run has an abacus, now there is ');
  expect(other).toContain('TensorFlow: the run has 1.1, now there is ');
  expect(other).toContain('\n  threads: the run has 3, now there is 1\n');
  await writeFile(join(cut, 'run.json'), record);

  await cp(await learnableMnist(310), data, { recursive: true });
  expect(await refused()).toMatch(
    /SHA-256 of training images: the run has \w{16}, now there is \w{16}\n/,
  );
});

describe('a finished run', () => {
  test('says so, and is left unchanged', async () => {
    await cp(whole, at('whole'), { recursive: true });
    const before = await runFileHashes(at('whole'));
    const { code, stdout, stderr } = await run('resume', at('whole'));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(
      `${at('whole')} is finished. For more epochs: bbits resume ${at('whole')} --extend EPOCHS\n`,
    );
    expect(await runFileHashes(at('whole'))).toEqual(before);
  });

  test('is extended, with the schedule for its new length, and its result says so', async () => {
    await cp(whole, at('longer'), { recursive: true });
    const { code, stdout } = await run('resume', at('longer'), '--extend', '1');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Epoch 4\/4/);
    const result = await stored(at('longer'), resultFile);
    expect(result).toMatchObject({ epochs: 4, extendedAfterEpochs: [3] });
    expect(await readFile(at('longer', 'config.yaml'), 'utf8')).toMatch(/^ +epochs: 4$/m);
    expect((await run('resume', at('longer'))).stdout).toContain('is finished');
  });

  test('cannot be extended after fine-tuning', async () => {
    expect((await train('tuned', 'training.epochs=1', 'fineTuning.epochs=1')).code).toBe(0);
    const { code, stderr } = await run('resume', at('tuned'), '--extend', '1');
    expect(code).toBe(1);
    expect(stderr).toContain('expected a run without fine-tuning to extend');
  });
});

test('a diverged run is not resumed', async () => {
  const ended = await train('gone', 'optimizers.weights.learningRate=1e38');
  expect(ended.code).toBe(1);
  const { code, stderr } = await run('resume', at('gone'));
  expect(code).toBe(1);
  expect(stderr).toContain(
    'found one that diverged, and would diverge again: Training diverged in epoch 1',
  );
});

test('a run in use by another process is refused, naming the process', async () => {
  const args = ['train', config, 'training.epochs=10000', '--out', at('run')];
  const running = startBbits(args, process.env);
  await running.says('Epoch     1/');
  const { code, stderr } = await run('resume', at('run'));
  expect(code).toBe(1);
  expect(stderr).toContain(
    `${at('run')}: expected a run that no other process works on, found one held by process ${running.pid}@`,
  );
  running.kill('SIGINT');
  expect((await running.ended).code).toBe(130);
});

test('a folder without a run is refused, naming the missing file', async () => {
  const { code, stderr } = await run('resume', folder);
  expect(code).toBe(2);
  expect(stderr).toContain(at('config.yaml'));
});
