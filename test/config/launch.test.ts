import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { parseLaunch } from '../../src/config/sweep/launch.js';
import { parseSweep } from '../../src/config/sweep.js';
import { userError } from '../helpers/temporary-folder.js';

const base = 'dataset: mnist\nmodel: lenet5\n';

test('any option of sbatch is accepted, in the file and on the command line', () => {
  const text = `${base}launcher: slurm\nslurm: { time: 2:00:00, cpus-per-task: 4, exclusive: true }\n`;
  expect(
    parseLaunch(text, 'a.yaml', ['slurm.partition=gpu', 'slurm.setup=[module load node]']),
  ).toEqual({
    launcher: 'slurm',
    slurm: {
      setup: ['module load node'],
      saveSeconds: 120,
      sbatch: { time: '2:00:00', 'cpus-per-task': 4, exclusive: true, partition: 'gpu' },
    },
  });
  const points = parseSweep(text, 'a.yaml', ['sweep.seed=[1, 2]', 'slurm.partition=gpu']);
  expect(points.map(({ config }) => config)).toEqual(
    [1, 2].map((seed) => parseConfig(`${base}seed: ${seed}`, 'a.yaml')),
  );
});

test.each([
  ['launcher: moon', /^a.yaml:3:11 launcher: found "moon", expected one of: local, print, slurm$/],
  [
    'slurm: { array: 3 }',
    /^a.yaml:3:17 slurm.array: found 3, expected another option of sbatch, as bbits sets this one itself$/,
  ],
  ['slurm: { requeue: true }', /slurm.requeue: found true, expected another option of sbatch/],
  ['slurm: { cpus_per_task: 3 }', /slurm.cpus_per_task: found 3, expected a long option of sbatch/],
  [
    'slurm: { exclusive: false }',
    /slurm.exclusive: found false, expected the key left out, if the option is not wanted$/,
  ],
  ['slurm: { saveSeconds: 1 }', /slurm.saveSeconds: found 1, expected an integer from 10 to 3600/],
  ['slurm: { comment: "a\\nb" }', /slurm.comment: found "a\\u\{a\}b", expected text on one line/],
  [
    'slurm: { setup: module load node }',
    /slurm.setup: found "module load node", expected a list of at most 100, each text$/,
  ],
])('%s is refused', async (line, message) => {
  expect(await userError(() => parseLaunch(`${base}${line}\n`, 'a.yaml', []))).toMatch(message);
});

test('a single run accepts none of these keys', async () => {
  const message = await userError(() => parseConfig(`${base}slurm: { time: 3 }\n`, 'a.yaml'));
  expect(message).toBe(
    'a.yaml:3:1 slurm: found a key of bbits sweep, expected a key of a single run',
  );
  expect(await userError(() => parseConfig(base, 'a.yaml', ['slurm.time=3']))).toBe(
    'command line: slurm.time: found a key of bbits sweep, expected a key of a single run',
  );
});
