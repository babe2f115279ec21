import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { writeStatus } from '../../src/runs/folder/status-file.js';
import { watchTasks } from '../../src/sweep/launchers/slurm/watch.js';
import type { JobEnd } from '../../src/sweep/job.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const config = parseConfig('dataset: mnist\nmodel: lenet5\n', 'small.yaml');

test('the status of a point that left the queue is read again, since its node may have written late', async () => {
  const sweep = await temporaryFolder();
  const jobs = ['late', 'lost'].map((name) => ({
    ...{ name, folder: join(sweep, name), loaded: { config, file: 'small.yaml' } },
    ...{ command: ['test'], retry: false, sameMachine: false },
  }));
  for (const { folder } of jobs) {
    await mkdir(folder);
    await writeStatus(folder, { status: 'running' });
  }
  const ends: [string, JobEnd['status']][] = [];
  const observer = {
    started({ name, folder }: { name: string; folder: string }) {
      if (name !== 'late') return;
      setTimeout(() => {
        void writeStatus(folder, { status: 'failed', reason: 'no memory' });
      }, 500);
    },
    progress: () => undefined,
    warning: () => undefined,
    ended: ({ name }: { name: string }, { status }: JobEnd) => ends.push([name, status]),
  };
  await watchTasks(jobs, sweep, observer, new AbortController().signal, 3000);
  expect(ends).toEqual([
    ['late', 'failed'],
    ['lost', 'interrupted'],
  ]);
});
