import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { readStatus, writeStatus } from '../../src/runs/folder/status-file.js';
import type { Job, JobEnd } from '../../src/sweep/job.js';
import { runJob } from '../../src/sweep/run-job.js';
import { learnableMnist } from '../helpers/learnable-mnist.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

let sweep: string;
let config: string;
let told: string[];
let seen: string[];

beforeEach(async () => {
  sweep = await temporaryFolder();
  config = `dataset: { name: mnist, path: ${await learnableMnist(40, 20)} }
model: { layers: [{ type: flatten }, { type: dense, name: fc, units: 10 }] }
training: { epochs: 2, batchSize: 20 }
threads: 2
`;
  told = [];
  seen = [];
});

const at = (...names: string[]) => join(sweep, ...names);

/** Runs the sweep's only point, or another one in its place. */
function run({ seed = 1, stopIn = '', retry = false, sameMachine = false } = {}): Promise<JobEnd> {
  const file = 'small.yaml';
  const controller = new AbortController();
  const job: Job = {
    name: 'point',
    loaded: { config: parseConfig(config, file, [`seed=${seed}`]), file },
    folder: at('point'),
    command: ['test'],
    retry,
    sameMachine,
  };
  return runJob(job, controller.signal, {
    progress({ name }, { epoch, step, stepsPerEpoch }) {
      const where = `epoch ${epoch}, step ${step}/${stepsPerEpoch}`;
      seen.push(`${name}: ${where}`);
      if (where.startsWith(stopIn) && stopIn !== '') controller.abort(new Error('Enough.'));
    },
    warning: (_, text) => told.push(text),
  });
}

const steps = (...which: string[]) => which.map((text) => `point: ${text}`);
const all = steps(
  'epoch 1, step 1/2',
  'epoch 1, step 2/2',
  'epoch 2, step 1/2',
  'epoch 2, step 2/2',
);
const finished = {
  status: 'finished',
  testAccuracyPercent: expect.any(Number) as number,
  relativeBopsPercent: expect.any(Number) as number,
};

test('a job runs from start to end, and a finished one trains nothing', async () => {
  const end = await run();
  expect(end).toEqual(finished);
  expect(seen).toEqual(all);
  seen = [];
  expect(await run()).toEqual(end);
  expect(seen).toEqual([]);
  expect(told).toEqual([]);
});

test('a stopped job resumes on another machine, as its record and a warning state', async () => {
  await run({ stopIn: 'epoch 1, step 2' });
  const path = at('point', 'run.json');
  const text = await readFile(path, 'utf8');
  const { device } = JSON.parse(text) as { device: string };
  await writeFile(path, text.replace(/"device": "[^"]*"/, '"device": "an abacus"'));
  expect(await run({ sameMachine: true })).toMatchObject({
    status: 'failed',
    reason: expect.stringContaining(
      `(--same-machine), found another one:\n  device: the run has an abacus, now there is ${device}\n`,
    ) as string,
  });
  seen = [];
  expect(await run()).toEqual(finished);
  expect(seen).toEqual(all.slice(2));
  expect(told).toEqual([
    `The run is resumed on another machine, so the last bits will differ:\n  device: the run has an abacus, now there is ${device}`,
  ]);
  expect(await readdir(sweep)).toEqual(['point']);
  const record = JSON.parse(await readFile(path, 'utf8')) as { segments: unknown };
  expect(record).toMatchObject({
    device: 'an abacus',
    segments: [{ afterEpochs: 0, afterSteps: 2, device }],
  });
});

test('a stopped job resumes where it was', async () => {
  expect(await run({ stopIn: 'epoch 1, step 2' })).toEqual({
    status: 'interrupted',
    reason: 'Enough.',
  });
  seen = [];
  expect(await run()).toEqual(finished);
  expect(seen).toEqual(all.slice(2));
  expect(told).toEqual([]);
});

test('a job that cannot resume as the same run says so, is moved aside and starts anew', async () => {
  await run({ stopIn: 'epoch 2, step 1' });
  const record = await readFile(at('point', 'run.json'), 'utf8');
  const other = record.replace(/"tensorflow": (null|"[^"]*")/, '"tensorflow": "1.1"');
  await writeFile(at('point', 'run.json'), other);
  seen = [];
  expect(await run()).toEqual(finished);
  expect(seen).toEqual(all);
  expect(told).toEqual([
    expect.stringMatching(
      /TensorFlow: the run has 1\.1, [\s\S]*\nThe run is moved aside and trained from the start\.$/,
    ),
  ]);
  expect((await readdir(sweep)).sort()).toEqual(['point', 'point.interrupted-1']);
});

describe('a job that diverged', () => {
  beforeEach(async () => {
    await run({ stopIn: 'epoch 1, step 1' });
    await writeStatus(at('point'), { status: 'diverged', reason: 'The loss is NaN.' });
    seen = [];
  });

  test('is not trained again if the outcome would be the same', async () => {
    expect(await run()).toEqual({
      status: 'diverged',
      reason:
        'The loss is NaN. Nothing has changed since, so the run was not repeated. Add --retry to train it again.',
    });
    expect(seen).toEqual([]);
    expect(await readdir(sweep)).toEqual(['point']);
  });

  test('is moved aside and starts anew on request', async () => {
    expect(await run({ retry: true })).toEqual(finished);
    expect(seen).toEqual(all);
    expect(await readStatus(at('point.diverged-1'))).toMatchObject({ status: 'diverged' });
  });

  test('is moved aside and starts anew on another device', async () => {
    const record = await readFile(at('point', 'run.json'), 'utf8');
    await writeFile(at('point', 'run.json'), record.replace(/"device": "/, '$&Another '));
    expect(await run()).toEqual(finished);
    expect(await readdir(sweep)).toContain('point.diverged-1');
  });
});

test('the folder of another point is left unchanged', async () => {
  await run({ stopIn: 'epoch 1, step 1' });
  expect(await run({ seed: 2 })).toEqual({
    status: 'failed',
    reason: `${at('point')}: expected the run of point, found one with another config. Move it elsewhere.`,
  });
  expect(await readdir(sweep)).toEqual(['point']);
});
