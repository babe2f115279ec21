import { spawn } from 'node:child_process';
import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { untilShown } from '../../src/files/late-file.js';
import { runJob } from '../../src/sweep/run-job.js';
import { readJob, writeManifest } from '../../src/sweep/launchers/manifest.js';
import { learnableMnist } from '../helpers/learnable-mnist.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { whenDone } from '../helpers/when-done.js';

/** Another process restores a file after a delay, like a shared folder that shows it late. */
function renamesLate(from: string, to: string): void {
  const child = spawn('bash', ['-c', 'sleep 1; mv "$0" "$1"', from, to]);
  whenDone(() => child.kill());
}

async function point() {
  const sweep = await temporaryFolder();
  const text = `dataset: { name: mnist, path: ${await learnableMnist(40, 20)} }
model: { layers: [{ type: flatten }, { type: dense, name: fc, units: 10 }] }
training: { epochs: 2, batchSize: 20 }
threads: 2
`;
  const job = {
    ...{ name: 'point', folder: join(sweep, 'point'), command: ['test'] },
    ...{ loaded: { config: parseConfig(text, 'small.yaml'), file: 'small.yaml' } },
    ...{ retry: false, sameMachine: false },
  };
  const steps: string[] = [];
  const run = (lateByMs: number, stopAt = '') => {
    const controller = new AbortController();
    const progress = (_: unknown, { epoch, step }: { epoch: number; step: number }) => {
      steps.push(`${epoch}.${step}`);
      if (`${epoch}.${step}` === stopAt) controller.abort(new Error('Enough.'));
    };
    return runJob(job, controller.signal, { progress, warning: () => undefined }, lateByMs);
  };
  return { sweep, job, steps, run, at: (name: string) => join(sweep, 'point', name) };
}

test.each(['config.yaml', 'run.json', 'checkpoint.bbits'])(
  'a run whose %s appears late is waited for, not trained anew',
  async (name) => {
    const { sweep, steps, run, at } = await point();
    await run(0, '2.1');
    // Otherwise the run would resume from the previous checkpoint.
    await rename(at('checkpoint.previous.bbits'), join(sweep, 'previous'));
    await rename(at(name), join(sweep, 'late'));
    renamesLate(join(sweep, 'late'), at(name));
    expect(await run(60_000)).toMatchObject({ status: 'finished' });
    expect(steps).toEqual(['1.1', '1.2', '2.1', '2.2']);
    expect((await readdir(sweep)).sort()).toEqual(['point', 'previous']);
  },
);

test('a run whose files never appear is moved aside and trained anew', async () => {
  const { sweep, run, at } = await point();
  await run(0, '1.1');
  await rename(at('config.yaml'), join(sweep, 'gone'));
  expect(await run(300)).toMatchObject({ status: 'finished' });
  expect(await readdir(sweep)).toContain('point.interrupted-1');
});

test('a manifest that appears late is waited for', async () => {
  const { sweep, job } = await point();
  const { folder } = await writeManifest(sweep, [job]);
  await rename(join(folder, 'jobs.json'), join(sweep, 'late'));
  renamesLate(join(sweep, 'late'), join(folder, 'jobs.json'));
  expect(await readJob(folder, 'point')).toMatchObject({ name: 'point', folder: job.folder });
});

test('waiting ends after the longest expected delay, or at a signal', async () => {
  let looks = 0;
  const nothing = () => {
    looks += 1;
    return Promise.resolve<string | undefined>(undefined);
  };
  expect(await untilShown('/nowhere', nothing, 0)).toBeUndefined();
  expect(looks).toBe(1);
  const stopped = AbortSignal.abort(new Error('Enough.'));
  await expect(untilShown('/nowhere', nothing, 60_000, stopped)).rejects.toThrow('Enough.');
});
