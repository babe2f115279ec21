import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { age } from '../../src/text/age.js';
import { runsTable } from '../../src/cli/output/runs-table.js';
import { listRuns, type ListedRun } from '../../src/runs/list-runs.js';
import { resultFile } from '../../src/runs/folder/result-file.js';
import { timingsFile } from '../../src/runs/folder/timings-file.js';
import { lockRun } from '../../src/runs/folder/run-lock.js';
import { writeStatus } from '../../src/runs/folder/status-file.js';
import { writeFakePoint } from '../helpers/fake-sweep.js';
import { startBbits } from '../helpers/run-bbits.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

let folder: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  const write = (
    name: string,
    mu: number,
    rest: Partial<Parameters<typeof writeFakePoint>[1]> = {},
  ) => writeFakePoint(join(folder, 'results', name), { mu, seed: 1, epochs: 4, ...rest });
  await write('first', 1);
  await write('sweep/second', 0.02, { seed: 7 });
  await write('broken', 0.1, { status: { status: 'failed', reason: 'No data.' } });
  await write('sweep/third', 0.03);
  await writeDate('broken', 3);
  await writeDate('first', 50 * 3600);
});

/** Pretend that a run finished an epoch this long ago. */
const writeDate = async (name: string, seconds: number) => {
  const finished = new Date(Date.now() - 1000 * seconds).toISOString();
  const timing = { epoch: 1, finished, trainingSeconds: 1, evaluationSeconds: 1 };
  const path = join(folder, 'results', name, timingsFile.name);
  await writeFile(path, timingsFile.encode(timing));
};

const runs = (...args: string[]) => startBbits(['runs', ...args], process.env, folder).ended;
const names = async (...args: string[]) =>
  (JSON.parse((await runs(...args, '--json')).stdout) as { runs: ListedRun[] }).runs.map(
    ({ name }) => name,
  );

test('are listed with status, setting, accuracy, BOPs, age and size, and why they failed', async () => {
  const { code, stdout, stderr } = await runs();
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^Name +Status +Setting +Acc\. % +BOPs % +Age +Size\n/);
  expect(stdout).toMatch(
    /^broken +failed 2\/4 +mu 0\.1, seed 1 +\d\d\.\d\d +[\d.]+ +\d+ s +[\d.]+ kB$/m,
  );
  expect(stdout).toMatch(/^first +finished +mu 1, seed 1 +\d\d\.\d\d +[\d.]+ +2 d +[\d.]+ kB$/m);
  expect(stdout).toMatch(/^sweep\/ +2 finished +[\d.]+ kB$/m);
  expect(stdout).toContain('\n\nbroken: No data.\n');
  expect(stdout).toContain('To list its runs:\n  bbits runs results/sweep\n');
  // Newest first; runs kept without dates have no age.
  expect(stdout).toMatch(/\nbroken [^]*\nfirst [^]*\nsweep\/ /);
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test('are listed one by one with --all, or in their folder', async () => {
  const row = /second +finished +mu 0\.02, seed 7 +\d\d\.\d\d +[\d.]+ +[\d.]+ kB$/m;
  expect((await runs('--all')).stdout).toMatch(row);
  expect((await runs('results/sweep')).stdout).toMatch(row);
});

test('that come with bbits are listed as one line per sweep, without age', async () => {
  const { stdout } = await startBbits(['runs', 'results'], process.env).ended;
  expect(stdout).toMatch(/^lenet5-sweep\/ +18 finished +[\d.]+ kB$/m);
  expect(stdout).not.toContain('mu-0.01-seed-1');
});

test('show their settings on a second line in a narrow terminal', async () => {
  const name = 'sweep/a-name-that-says-nothing-at-all';
  await writeFakePoint(join(folder, 'results', name), { mu: 0.5, seed: 3, epochs: 1 });
  const at = (width: number) =>
    listRuns(join(folder, 'results')).then(({ runs }) => runsTable(runs, width, Date.now()));
  const wide = await at(80);
  expect(wide).toMatch(/^sweep\/a-name\S+ +finished .* kB\n {2}epochs 1, mu 0\.5, seed 3$/m);
  expect(wide.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(await at(40)).toMatch(
    /^sweep\/second\n {2}Status: finished\n {2}Setting: epochs 4, mu 0\.02, seed 7\n {2}Acc/m,
  );
});

test('are sorted and filtered', async () => {
  expect(await names()).toEqual(['broken', 'first', 'sweep/second', 'sweep/third']);
  expect(await names('--sort', 'accuracy')).toEqual([
    'sweep/second',
    'sweep/third',
    'broken',
    'first',
  ]);
  expect((await names('--sort', 'bops'))[0]).toBe('first');
  expect((await names('--sort', 'age'))[1]).toBe('first');
  expect((await names('--sort', 'size'))[3]).toBe('broken');
  expect(await names('--status', 'failed')).toEqual(['broken']);
  expect(await names('results/sweep')).toEqual(['second', 'third']);
  expect((await runs('--status', 'running')).stdout).toBe('No running runs in results\n');
});

test('as JSON have every key, in plain numbers', async () => {
  const { code, stdout } = await runs('--status', 'failed', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    problems: [],
    runs: [
      {
        name: 'broken',
        folder: 'results/broken',
        status: 'failed',
        reason: 'No data.',
        setting: 'mu 0.1, seed 1',
        epochs: 2,
        allEpochs: 4,
        testAccuracyPercent: expect.any(Number) as number,
        relativeBopsPercent: expect.any(Number) as number,
        changed: expect.stringMatching(/^20.*Z$/) as string,
        bytes: expect.any(Number) as number,
      },
    ],
  });
});

describe('remove', () => {
  const remove = (...args: string[]) => runs('remove', ...args);

  test('shows what it would delete, and deletes it with --yes', async () => {
    const shown = await remove('first', 'sweep/second');
    expect(shown.code).toBe(1);
    expect(shown.stdout).toMatch(/^results\/first +finished /m);
    expect(shown.stdout).toMatch(/^results\/sweep\/second +finished .* kB$/m);
    expect(shown.stderr).toBe('Nothing was removed. To delete these 2 runs: add --yes\n');
    expect(await names()).toHaveLength(4);

    const removed = await remove('first', 'sweep/second', '--yes');
    expect({ ...removed, stdout: '' }).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(removed.stdout).toContain('\nRemoved these 2 runs\n');
    expect(await readdir(join(folder, 'results'))).toEqual(['broken', 'sweep']);
    expect(await readdir(join(folder, 'results', 'sweep'))).toEqual(['third']);
  });

  test('accepts paths as completed by a shell, and another folder', async () => {
    expect(await remove('results/first', '--yes')).toMatchObject({ code: 0 });
    expect(await remove('second', '--dir', 'results/sweep', '--yes')).toMatchObject({ code: 0 });
    expect(await names()).toEqual(['broken', 'sweep/third']);
  });

  test('refuses folders without a run or elsewhere, and then removes none', async () => {
    await mkdir(join(folder, 'results', 'notes'));
    await writeFile(join(folder, 'results', 'file'), '');
    await writeFakePoint(join(folder, 'outside'), { mu: 1, seed: 1, epochs: 1 });
    await symlink(join(folder, 'outside'), join(folder, 'results', 'link'));
    await symlink(folder, join(folder, 'results', 'around'));
    const refused = {
      notes: 'found a folder that is not a run',
      file: 'found a file',
      link: 'found a symbolic link',
      'around/outside': 'found one in another folder',
      '../outside': 'found one in another folder',
      '.': 'found that folder itself',
      sweep: 'found a folder with 2 runs in it. Name the runs.',
      nothing: 'found no such folder',
    };
    const { code, stdout, stderr } = await remove('first', ...Object.keys(refused), '--yes');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    for (const [name, message] of Object.entries(refused)) {
      expect(stderr).toContain(`${name}: expected the folder of a run in results, ${message}`);
    }
    expect(stderr).toMatch(/\nNothing was removed\.\n$/);
    expect(await names()).toHaveLength(4);
    expect(await readdir(join(folder, 'outside'))).toContain('result.json');
  });

  test('refuses a running run, but removes one whose process is dead', async () => {
    const path = join(folder, 'results', 'broken');
    await lockRun(path, async () => {
      await writeStatus(path, { status: 'running' });
      const { code, stderr } = await remove('broken', '--yes');
      expect(code).toBe(1);
      expect(stderr).toContain(
        'broken: expected the folder of a run in results, found one that is running',
      );
    });
    expect(await remove('broken', '--yes')).toMatchObject({ code: 0 });
  });
});

test('bad usage exits 2, and help has examples within 80 columns', async () => {
  expect(await runs('no-such-folder')).toMatchObject({ code: 2, stdout: '' });
  expect(await runs('--sort', 'luck')).toMatchObject({ code: 2, stdout: '' });
  expect(await runs('remove')).toMatchObject({ code: 2, stdout: '' });
  for (const args of [['--help'], ['remove', '--help']]) {
    const { code, stdout } = await runs(...args);
    expect(code).toBe(0);
    expect(stdout).toContain('Examples:\n  bbits runs');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  }
});

test('a run with an edited result is listed as unreadable', async () => {
  const path = join(folder, 'results', 'first', resultFile.name);
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace(/"testAccuracyPercent": [\d.]+/, '"testAccuracyPercent": 1'));
  const { stdout } = await runs();
  expect(stdout).toMatch(/^first +unreadable /m);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('found testAccuracyPercent 1, expected 9');
});

test('ages are in the largest unit that fits', () => {
  expect([0, 59.9, 60, 3599, 3600, 86_399, 86_400, 1e7].map(age)).toEqual([
    '0 s',
    '59 s',
    '1 min',
    '59 min',
    '1 h',
    '23 h',
    '1 d',
    '115 d',
  ]);
});
