import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import type { Job, JobEnd, JobObserver } from '../../src/sweep/job.js';
import { launchers } from '../../src/sweep/launchers/launchers.js';
import { localProcesses } from '../../src/sweep/launchers/local-processes.js';
import { launcherOptions } from '../helpers/launcher-options.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/** Acts as the job's name says, and reports its settings as the reason for its end. */
const workerText = `
import { writeFileSync } from 'node:fs';
const say = (message) => process.send(message);
const end = (status, reason) => {
  process.send({ type: 'ended', end: { status, reason } }, () => process.exit());
};
process.on('message', ({ type, job }) => {
  if (type === 'stop') return end('interrupted', 'It was told to stop.');
  const { threads, backend } = job.loaded.config;
  const { CUDA_VISIBLE_DEVICES: gpu, TF_FORCE_GPU_ALLOW_GROWTH: grows } = process.env;
  const { CUDA_DEVICE_ORDER: order } = process.env;
  say({ type: 'progress', done: { epoch: 1, step: 2, stepsPerEpoch: 3 } });
  if (job.name === 'waits') return;
  if (job.name === 'hangs up') {
    process.once('disconnect', () => {
      writeFileSync(job.folder, '');
      process.stderr.write('Hung up.\\n', () => process.exit(3));
    });
    // Node cannot disconnect while it reads a message.
    return setImmediate(() => process.disconnect());
  }
  if (job.name === 'dies') return process.stderr.write('Out of memory.\\n', () => process.exit(3));
  if (job.name === 'is killed') return process.kill(process.pid, 'SIGKILL');
  say({ type: 'warning', text: 'It is slow.' });
  setTimeout(() => end('failed', JSON.stringify({ threads, backend, gpu, grows, order })), 100);
});
`;

let worker: string;

beforeEach(async () => {
  worker = join(await temporaryFolder(), 'worker.mjs');
  await writeFile(worker, workerText);
});

const config = parseConfig('dataset: mnist\nmodel: lenet5\nthreads: 5\n', 'small.yaml');
const jobNamed = (name: string): Job => ({
  name,
  loaded: { config, file: 'small.yaml' },
  folder: `${worker}.${name}`,
  retry: false,
  sameMachine: false,
  command: [],
});

interface Given {
  readonly gpu?: string;
}

interface Launched {
  readonly told: string[];
  readonly ends: JobEnd[];
  readonly mostAtOnce: number;
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

async function launch(
  names: readonly string[],
  { atOnce = 1, gpus = [] as string[], stopAtProgress = false, program = worker } = {},
): Promise<Launched> {
  const controller = new AbortController();
  const told: string[] = [];
  const ends: JobEnd[] = [];
  let running = 0;
  let mostAtOnce = 0;
  const observer: JobObserver = {
    started({ name }) {
      running += 1;
      mostAtOnce = Math.max(mostAtOnce, running);
      told.push(`${name} started`);
    },
    progress({ name, folder }, { epoch, step, stepsPerEpoch }) {
      told.push(`${name} in epoch ${epoch}: ${step}/${stepsPerEpoch}`);
      // Blocks, since Node notices the disconnect only after this returns.
      for (let tries = 0; name === 'hangs up' && !existsSync(folder) && tries < 2000; tries++)
        Atomics.wait(sleeper, 0, 0, 5);
      if (stopAtProgress) controller.abort();
    },
    warning: ({ name }, text) => told.push(`${name}: ${text}`),
    ended({ name }, end) {
      running -= 1;
      told.push(`${name} ${end.status}`);
      ends.push(end);
    },
  };
  const launcher = localProcesses(launcherOptions({ atOnce, gpus, worker: program }));
  await launcher.launch(names.map(jobNamed).values(), observer, controller.signal);
  return { told, ends, mostAtOnce };
}

describe('local processes', () => {
  test('report what a job says, from start to end', async () => {
    const { told, ends } = await launch(['one', 'two']);
    expect(told).toEqual(
      ['one', 'two'].flatMap((name) => [
        `${name} started`,
        `${name} in epoch 1: 2/3`,
        `${name}: It is slow.`,
        `${name} failed`,
      ]),
    );
    const given = { status: 'failed', reason: JSON.stringify({ threads: 5, backend: 'auto' }) };
    expect(ends).toEqual([given, given]);
  });

  test('share the threads, take turns on GPUs, and never exceed their limit', async () => {
    const { ends, mostAtOnce } = await launch(['a', 'b', 'c', 'd'], {
      atOnce: 3,
      gpus: ['4', '7'],
    });
    expect(mostAtOnce).toBe(3);
    const given = ends.map((end) =>
      end.status === 'finished' ? {} : (JSON.parse(end.reason) as Given),
    );
    expect(given).toHaveLength(4);
    // Counted like nvidia-smi, and never falling back to the CPU.
    const common = { threads: 1, backend: 'native-gpu', grows: 'true', order: 'PCI_BUS_ID' };
    for (const each of given) expect(each).toMatchObject(common);
    expect(new Set(given.map(({ gpu }) => gpu))).toEqual(new Set(['4', '7']));
  });

  test('use each GPU as often as it is named, and the first ones if there are fewer jobs', async () => {
    const gpusOf = async (names: string[], atOnce: number, gpus: string[]) =>
      (await launch(names, { atOnce, gpus })).ends
        .map((end) => (JSON.parse(end.status === 'finished' ? '' : end.reason) as Given).gpu)
        .sort();
    expect(await gpusOf(['a', 'b', 'c'], 3, ['0', '0', '1'])).toEqual(['0', '0', '1']);
    expect(await gpusOf(['a', 'b'], 1, ['3', '4'])).toEqual(['3', '3']);
  });

  test('use only GPUs visible to the sweep, counted in the user’s order', async () => {
    vi.stubEnv('CUDA_VISIBLE_DEVICES', '2,GPU-5d3c');
    vi.stubEnv('CUDA_DEVICE_ORDER', 'FASTEST_FIRST');
    try {
      await expect(launch(['a'], { gpus: ['0'] })).rejects.toThrow(
        '--gpus: expected GPUs that CUDA_VISIBLE_DEVICES=2,GPU-5d3c shows, found 0.',
      );
      const { ends } = await launch(['a'], { gpus: ['GPU-5d3c'] });
      expect(ends[0]).toMatchObject({ reason: expect.stringContaining('FASTEST_FIRST') as string });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test.each([
    ['dies', 'its process ended with exit code 3: Out of memory.'],
    ['is killed', 'its process ended with signal SIGKILL'],
  ])('report a job that %s silently, and go on with the next', async (name, reason) => {
    const { ends } = await launch([name, 'next']);
    expect(ends[0]).toEqual({ status: 'failed', reason });
    expect(ends).toHaveLength(2);
  });

  test('report a job whose program is missing', async () => {
    const { ends } = await launch(['one'], { program: join(worker, 'none.js') });
    expect(ends).toMatchObject([
      { status: 'failed', reason: expect.stringContaining('Cannot find module') as string },
    ]);
  });

  test('tell each running job to stop', async () => {
    const { ends } = await launch(['waits', 'waits'], { atOnce: 2, stopAtProgress: true });
    const stopped = { status: 'interrupted', reason: 'It was told to stop.' };
    expect(ends).toEqual([stopped, stopped]);
  });

  test('report the end of a job that has disconnected and cannot be told to stop', async () => {
    const { ends } = await launch(['hangs up'], { stopAtProgress: true });
    const reason = 'its process ended with exit code 3: Hung up.';
    expect(ends).toEqual([{ status: 'failed', reason }]);
  });
});

test.each(Object.entries(launchers))(
  'the launcher %s can be created, and does nothing without jobs',
  async (_, { load }) => {
    const create = await load();
    const unexpected = () => {
      throw new Error('there is no job');
    };
    const observer = {
      started: unexpected,
      progress: unexpected,
      warning: unexpected,
      ended: unexpected,
    };
    const launcher = create(launcherOptions({ atOnce: 2, worker }));
    await launcher.launch([].values(), observer, new AbortController().signal);
  },
);
