import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { writeStatus } from '../../src/runs/folder/status-file.js';
import { runJob } from '../../src/sweep/run-job.js';
import { learnableMnist } from '../helpers/learnable-mnist.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

let meanwhile: () => void;
let beforeResuming = (): void => undefined;

/** Interferes between the check for a run's lock and taking it. */
vi.mock(import('../../src/runs/resume-run.js'), async (original) => {
  const whole = await original();
  return {
    ...whole,
    resumeRun(...args) {
      beforeResuming();
      return whole.resumeRun(...args);
    },
  };
});

/** Interferes between the check for a run's folder and its creation. */
vi.mock(import('../../src/runs/starting-weights.js'), async (original) => {
  const whole = await original();
  return {
    ...whole,
    newTrainer(...args) {
      meanwhile();
      return whole.newTrainer(...args);
    },
  };
});

const text = `model: { layers: [{ type: flatten }, { type: dense, name: fc, units: 10 }] }
training: { epochs: 1, batchSize: 20 }
`;

async function job(controller: AbortController) {
  const sweep = await temporaryFolder();
  const dataset = `dataset: { name: mnist, path: ${await learnableMnist(40, 20)} }\n`;
  const folder = join(sweep, 'point');
  const loaded = { config: parseConfig(dataset + text, 'small.yaml'), file: 'small.yaml' };
  const observer = { progress: () => undefined, warning: () => undefined };
  return {
    sweep,
    folder,
    run: () =>
      runJob(
        { name: 'point', loaded, folder, command: ['test'], retry: false, sameMachine: false },
        controller.signal,
        observer,
      ),
  };
}

test('a folder created by another process after the check is checked again', async () => {
  const { sweep, folder, run } = await job(new AbortController());
  let times = 0;
  meanwhile = () => {
    times += 1;
    if (times > 1) return;
    mkdirSync(folder);
    writeFileSync(join(folder, 'metrics.jsonl'), '');
  };
  expect(await run()).toMatchObject({ status: 'finished' });
  expect(times).toBe(2);
  expect((await readdir(sweep)).sort()).toEqual(['point', 'point.interrupted-1']);
});

test('a run locked by another process after the check is waited for', async () => {
  const controller = new AbortController();
  const { sweep, folder, run } = await job(controller);
  meanwhile = () => undefined;
  await run();
  await writeStatus(folder, { status: 'interrupted' });
  const lock = join(folder, '.lock');
  let times = 0;
  beforeResuming = () => {
    times += 1;
    if (times > 1) return;
    writeFileSync(lock, '1@another-machine - abc');
    setTimeout(() => {
      rmSync(lock);
    }, 1000);
  };
  expect(await run()).toMatchObject({ status: 'finished' });
  expect(times).toBe(2);
  expect(await readdir(sweep)).toEqual(['point']);
});

test('a job whose sweep has ended meanwhile creates nothing', async () => {
  const controller = new AbortController();
  const { sweep, run } = await job(controller);
  meanwhile = () => {
    setImmediate(() => {
      controller.abort(new Error('The process of the sweep has ended.'));
    });
  };
  expect(await run()).toEqual({
    status: 'interrupted',
    reason: 'The process of the sweep has ended.',
  });
  expect(await readdir(sweep)).toEqual([]);
});
