import { spawn } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { arrayScript } from '../../src/sweep/launchers/slurm/script.js';
import { launcherOptions } from '../helpers/launcher-options.js';
import { until } from '../helpers/sweep-config.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/** Like bbits, ignores signals until it is ready, and obeys the first one after that. */
const program = `#!/bin/bash
cd "$(dirname "$0")"
echo "$*" >args
until [ -e may-start ]; do sleep 0.05; done
trap 'echo USR1 >>heard; until [ -e saved ]; do sleep 0.05; done; exit 138' USR1
trap 'exit 143' TERM
echo ready >"\${@: -1}"
touch is-ready
until [ -e done ]; do sleep 0.05; done
exit 3
`;

/** Runs an array's script as Slurm does, with a stand-in for bbits. */
async function startTask(scontrol = 'exit 0', setup: string[] = []) {
  const folder = await temporaryFolder();
  const at = (name: string) => join(folder, name);
  const executable = async (name: string, content: string) => {
    await writeFile(at(name), content);
    await chmod(at(name), 0o755);
  };
  await executable('program', program);
  await mkdir(at('bin'));
  await executable('bin/scontrol', `#!/bin/bash\necho "$*" >>'${at('requeued')}'\n${scontrol}\n`);
  const jobs = [
    { name: 'seed-1', folder: at('seed-1') },
    { name: 'seed 2', folder: at('seed 2') },
  ];
  const manifest = { id: '0123456789abcdef', folder: at('.launched'), jobs };
  const script = arrayScript(
    manifest,
    { manifest: manifest.id, first: 0, count: 2 },
    launcherOptions({
      program: [at('program')],
      command: ['bbits', 'sweep', 'my sweep.yaml'],
      slurm: { setup, saveSeconds: 120, sbatch: {} },
    }),
  );
  await writeFile(at('script'), script);
  const task = spawn('bash', [at('script')], {
    env: {
      ...process.env,
      PATH: `${at('bin')}${delimiter}${process.env['PATH'] ?? ''}`,
      ...{ SLURM_ARRAY_JOB_ID: '17', SLURM_ARRAY_TASK_ID: '1', SLURM_CPUS_ON_NODE: '3' },
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => task.once('close', resolve));
  const output = text(task.stdout);
  const read = (name: string) => readFile(at(name), 'utf8').catch(() => '');
  return {
    kill: (signal: NodeJS.Signals) => task.kill(signal),
    make: (name: string) => writeFile(at(name), ''),
    made: (name: string) =>
      until(async () => (await read(name)) !== '' || (await exists(at(name)))),
    read,
    ended: async () => ({
      code: await ended,
      output: await output,
      requeued: await read('requeued'),
    }),
  };
}

const exists = (path: string) =>
  readFile(path).then(
    () => true,
    () => false,
  );

test('a task runs its point with the threads from Slurm, and exits with the same code', async () => {
  const task = await startTask();
  await task.make('may-start');
  await task.make('done');
  const { code, output, requeued } = await task.ended();
  expect([code, requeued]).toEqual([3, '']);
  expect(output).toMatch(/^bbits: seed 2 is task 17_1 on \S+, start 1\n$/);
  expect(await task.read('args')).toMatch(
    /^sweep-point \S+ seed 2 --threads 3 --ready-file \S+\n$/,
  );
});

test('USR1 before the program listens is held back until then, and the task is requeued once saved', async () => {
  const task = await startTask();
  await task.made('args');
  task.kill('SIGUSR1');
  await task.make('may-start');
  await task.made('heard');
  await task.make('saved');
  const { code, output, requeued } = await task.ended();
  expect([code, requeued]).toEqual([0, 'requeue 17_1\n']);
  expect(await task.read('heard')).toBe('USR1\n');
  expect(output).toContain('bbits: seed 2 is saved; task 17_1 is requeued\n');
});

/** Signals the test that it has started, and takes a while. */
const slowSetup = [
  'cd "$(dirname "$0")"; touch in-setup; until [ -e set-up ]; do sleep 0.05; done',
];

test('USR1 during the setup is held back for the program', async () => {
  const task = await startTask('exit 0', slowSetup);
  await task.made('in-setup');
  task.kill('SIGUSR1');
  await task.make('may-start');
  await task.make('set-up');
  await task.made('heard');
  await task.make('saved');
  expect(await task.ended()).toMatchObject({ code: 0, requeued: 'requeue 17_1\n' });
});

test('a task cancelled during the setup starts nothing', async () => {
  const task = await startTask('exit 0', slowSetup);
  await task.made('in-setup');
  task.kill('SIGTERM');
  await task.make('set-up');
  expect(await task.ended()).toMatchObject({ code: 143, requeued: '' });
  expect(await task.read('args')).toBe('');
});

test('a later USR1 is forwarded at once', async () => {
  const task = await startTask();
  await task.make('may-start');
  await task.made('is-ready');
  task.kill('SIGUSR1');
  await task.made('heard');
  await task.make('saved');
  expect(await task.ended()).toMatchObject({ code: 0, requeued: 'requeue 17_1\n' });
});

test('a task cancelled while saving is not requeued', async () => {
  const task = await startTask();
  await task.make('may-start');
  await task.made('is-ready');
  task.kill('SIGUSR1');
  await task.made('heard');
  task.kill('SIGTERM');
  await task.make('saved');
  expect(await task.ended()).toMatchObject({ code: 138, requeued: '' });
});

test('if requeueing is forbidden, the log says how to continue', async () => {
  const task = await startTask('exit 1');
  await task.make('may-start');
  await task.made('is-ready');
  task.kill('SIGUSR1');
  await task.make('saved');
  const { code, output } = await task.ended();
  expect(code).toBe(138);
  expect(output).toContain("bbits: requeueing failed. To continue:\nbbits sweep 'my sweep.yaml'\n");
});

test('options of sbatch get their own lines, quoted if necessary', () => {
  const jobs = [{ name: 'seed-1', folder: '/runs/seed-1' }];
  const manifest = { id: '0123456789abcdef', folder: '/my runs/50%/.launched/x', jobs };
  const slurm = {
    ...launcherOptions().slurm,
    sbatch: { exclusive: true, constraint: '[a|b]', comment: 'two words', nice: 10 },
  };
  const array = { manifest: manifest.id, first: 0, count: 1 };
  const script = arrayScript(manifest, array, launcherOptions({ slurm }));
  expect(script.split('\n').filter((line) => line.startsWith('#SBATCH'))).toEqual([
    '#SBATCH --job-name=bbits-0123456789abcdef-0',
    '#SBATCH --array=0-0',
    '#SBATCH "--output=/my runs/50%%/.launched/x/0-%a.log"',
    '#SBATCH --open-mode=append',
    '#SBATCH --requeue',
    '#SBATCH --signal=B:USR1@120',
    '#SBATCH --exclusive',
    '#SBATCH --constraint=[a|b]',
    '#SBATCH "--comment=two words"',
    '#SBATCH --nice=10',
  ]);
});
