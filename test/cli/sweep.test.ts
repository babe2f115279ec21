import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { isAlive } from '../../src/files/lock.js';
import { bbits, startBbits, type Ended } from '../helpers/run-bbits.js';
import { smallMnist } from '../helpers/small-mnist.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { invocationsFile } from '../../src/runs/folder/invocations-file.js';
import { statusFile } from '../../src/runs/folder/status-file.js';
import { stored, storedLines } from '../helpers/stored.js';

let folder: string;
let config: string;

const sweepText = (sweep: string, epochs = 2) => `dataset: { name: mnist, path: data }
model: { name: lenet5, width: 0.25 }
optimizers: { gates: { learningRate: 5e-2 } }
training: { epochs: ${epochs}, batchSize: 50 }
threads: 2
sweep: ${sweep}
`;
const grid = '{ mu: [0.01, 0.3], seed: [1, 2] }';

beforeEach(async () => {
  folder = await temporaryFolder();
  config = join(folder, 'small.yaml');
  await mkdir(join(folder, 'data'));
  await smallMnist(join(folder, 'data'), 1000, 200);
  await writeFile(config, sweepText(grid));
});

const sweep = (out: string, ...args: string[]): Promise<Ended> =>
  bbits(['sweep', config, '--out', join(folder, out), ...args], process.env);

/** The files of each finished point that its result consists of, by its name. */
async function results(out: string): Promise<Record<string, string[]>> {
  const points = (await readdir(join(folder, out))).filter((name) => !name.startsWith('.')).sort();
  const finished = points.filter((name) => existsSync(join(folder, out, name, 'result.json')));
  const read = (name: string) =>
    Promise.all(
      ['result.json', 'metrics.jsonl', 'config.yaml'].map((file) =>
        readFile(join(folder, out, name, file), 'utf8'),
      ),
    );
  return Object.fromEntries(
    await Promise.all(finished.map(async (name) => [name, await read(name)] as const)),
  );
}

/** The trade-off table, without what is named after the folder. */
async function reportOf(out: string): Promise<string> {
  const { code, stdout } = await bbits(['report', join(folder, out)], process.env);
  expect(code).toBe(0);
  return stdout.slice(0, stdout.indexOf('Relative BOPs: percent'));
}

async function until(isTrue: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isTrue())) await sleep(50);
}

/** The process ids that the points' status.json give while they run. */
async function runningPids(out: string): Promise<number[]> {
  const names = await readdir(join(folder, out));
  const pids = names.map(async (name) => {
    const path = join(folder, out, name, statusFile.name);
    const text = await readFile(path, 'utf8').catch(() => '');
    return statusFile.decode(text).data?.pid;
  });
  return (await Promise.all(pids)).filter((pid) => pid !== undefined);
}

describe('a sweep', () => {
  test('whose parent and one child were killed goes on to the same results', async () => {
    const whole = await sweep('whole', '--jobs', '2');
    expect(whole.code).toBe(0);
    expect(whole.stdout).toMatch(
      /^\d\/4 {2}mu=0.01 seed=1 {2}[\d.]+ % at [\d.]+ % BOPs, in 0:\d\d$/m,
    );
    expect(whole.stdout).toContain(`4 of 4 points finished, in ${join(folder, 'whole')}\n`);

    const args = ['sweep', config, '--out', join(folder, 'cut'), '--jobs', '2'];
    const first = startBbits(args, process.env);
    // Until one point is finished and others are in the middle of an epoch.
    await first.says('% BOPs, in');
    await until(async () => (await runningPids('cut')).length >= 1);
    const pids = await runningPids('cut');
    first.kill('SIGKILL');
    const [child] = pids;
    if (child !== undefined && isAlive(child)) process.kill(child, 'SIGKILL');
    await first.ended;
    const before = await results('cut');
    expect(Object.keys(before).length).toBeGreaterThan(0);
    expect(Object.keys(before).length).toBeLessThan(4);
    const times = (names: string[]) =>
      Promise.all(
        names.map(async (name) => (await stat(join(folder, 'cut', name, 'result.json'))).mtimeMs),
      );
    const finished = Object.keys(before);
    const oldTimes = await times(finished);

    // The jobs notice that their sweep is gone.
    await until(() => pids.every((pid) => !isAlive(pid)));
    const second = await sweep('cut', '--jobs', '2');
    expect(second.code).toBe(0);
    expect(second.stderr).toMatch(/^4 points, [123] of them finished, [123] to run$/m);
    expect(await times(finished)).toEqual(oldTimes);
    const all = await results('cut');
    expect(Object.keys(all)).toHaveLength(4);
    expect(all).toEqual(await results('whole'));
    const [table, wholeTable] = [await reportOf('cut'), await reportOf('whole')];
    expect(table).toMatch(/^[* ] 0\.01 +2 /m);
    expect(table).toBe(wholeTable);
    // Those that were stopped went on where they were.
    const names = (await readdir(join(folder, 'cut'))).filter((name) => name.startsWith('mu'));
    expect(names).toHaveLength(4);
    const calls = await Promise.all(
      names.map(async (name) => {
        return (await storedLines(join(folder, 'cut', name), invocationsFile)).length;
      }),
    );
    expect(Math.max(...calls)).toBe(2);

    const third = await sweep('cut');
    expect(third.stdout).toContain('4 of 4 points finished');
    expect(third.stderr).toContain('4 of them finished, 0 to run');
  });

  test('stops at Ctrl-C, with all of its jobs, and says how to go on', async () => {
    await writeFile(config, sweepText(grid, 50));
    const args = ['sweep', config, '--out', join(folder, 'out'), '--jobs', '2'];
    const running = startBbits(args, process.env);
    await until(
      async () => existsSync(join(folder, 'out')) && (await runningPids('out')).length === 2,
    );
    const pids = await runningPids('out');
    running.kill('SIGINT');
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toContain(`Interrupted; the same command goes on with ${join(folder, 'out')}.`);
    expect(pids.filter(isAlive)).toEqual([]);
    const statuses = (await readdir(join(folder, 'out'))).filter((name) => !name.startsWith('.'));
    for (const name of statuses) {
      expect((await stored(join(folder, 'out', name), statusFile)).status).toBe('interrupted');
    }
  });

  test('goes on from the checkpoint before a damaged one, and says so', async () => {
    await writeFile(config, sweepText('{ seed: [1] }', 1000));
    const out = join(folder, 'out');
    const args = ['sweep', config, '--out', out];
    const first = startBbits(args, process.env);
    await until(() => existsSync(out));
    let checkpoint = '';
    await until(async () => {
      const [name = ''] = (await readdir(out)).filter((entry) => !entry.startsWith('.'));
      checkpoint = join(out, name, 'checkpoint.bbits');
      return existsSync(checkpoint);
    });
    first.kill('SIGUSR1');
    expect((await first.ended).code).toBe(138);
    await writeFile(checkpoint, 'none');
    const second = startBbits(args, process.env);
    await second.says(
      `1/1  seed=1  ${checkpoint}: expected a checkpoint, found no such first line. The file is ` +
        'damaged. The one before it is used.',
    );
    second.kill('SIGTERM');
    expect((await second.ended).code).toBe(143);
  });

  test('a signal to a job stops it, with a checkpoint', async () => {
    await writeFile(config, sweepText('{ seed: [1] }', 1000));
    const out = join(folder, 'out');
    const running = startBbits(['sweep', config, '--out', out], process.env);
    await until(async () => existsSync(out) && (await runningPids('out')).length === 1);
    const [job = 0] = await runningPids('out');
    process.kill(job, 'SIGUSR1');
    const { code, stderr } = await running.ended;
    expect(code).toBe(1);
    expect(stderr).toContain('interrupted: The job was stopped by SIGUSR1.');
    const [name = ''] = (await readdir(out)).filter((entry) => !entry.startsWith('.'));
    expect(existsSync(join(out, name, 'checkpoint.bbits'))).toBe(true);
  });

  test.runIf(process.platform === 'linux').each([
    ['no right to write there', '/proc/self', []],
    ['a file in its place', 'file', ['--dry-run']],
  ])('a folder that cannot be used is the user’s error: %s', async (_, out, args) => {
    await writeFile(join(folder, 'file'), '');
    const ended = await bbits(
      ['sweep', config, '--out', join(out === 'file' ? folder : '', out), ...args],
      process.env,
    );
    expect(ended.code).toBe(1);
    expect(ended.stderr).not.toContain('bug');
    expect(ended.stderr).toContain(out);
  });

  test('goes on after a point that diverges, and says so in the end; not with --fail-fast', async () => {
    await writeFile(
      config,
      sweepText('[{ optimizers.weights.learningRate: 1e300 }, { mu: 0.2 }, { mu: 0.4 }]', 1),
    );
    const { code, stdout, stderr } = await sweep('out');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^1\/3 {2}.* {2}diverged: Training diverged in epoch 1, step \d/m);
    expect(stdout).toContain('2 of 3 points finished');
    expect(stderr).toMatch(/1 point has failed:\nlearningRate-1e_?\+?300-\w+: diverged: Training/);

    const fast = await sweep('fast', '--fail-fast');
    expect(fast.code).toBe(1);
    expect(fast.stdout).toContain('0 of 3 points finished');
    expect(fast.stdout).toContain('2 not started after the first failure');
  });

  test('says which points are no longer in it, and runs only the new ones', async () => {
    await writeFile(config, sweepText('{ seed: [1, 2] }', 1));
    expect((await sweep('out')).code).toBe(0);
    await writeFile(config, sweepText('{ seed: [2, 3] }', 1));
    const { code, stderr } = await sweep('out');
    expect(code).toBe(0);
    expect(stderr).toContain('2 points, 1 of them finished, 1 to run');
    expect(stderr).toMatch(/^No longer in the sweep, left as they are: seed-1-\w{8}$/m);
  });

  test('is refused where another one is at work', async () => {
    await writeFile(config, sweepText(grid, 50));
    const args = ['sweep', config, '--out', join(folder, 'out')];
    const running = startBbits(args, process.env);
    await running.says('started');
    const { code, stderr } = await sweep('out');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /out: expected a folder that no other sweep uses, found one held by process \d+@/,
    );
    running.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
  });

  test('tells its points and about how long they take with --dry-run, and writes nothing', async () => {
    const { code, stdout } = await sweep('out', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^(to run {4}mu-0\.\d+-seed-\d-\w{8}\n){4}About 0:\d\d \(h:mm:ss\) for 4 points/,
    );
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });
});

test.each<[string, string, RegExp]>([
  ['no list', '{ mu: 0.1 }', /:6:\d+ sweep.mu: found 0.1, expected a list of values/],
  ['a key that is none', '{ muu: [1] }', /sweep.muu: unknown key, did you mean mu\?/],
  [
    'a value that is none',
    '{ mu: [0.1, -1] }',
    /:6:\d+ mu: found -1, expected a number of at least 0/,
  ],
  ['nothing', '{}', /sweep: found a mapping, expected keys with lists of values/],
  [
    'what decides nothing',
    '{ threads: [1, 2] }',
    /sweep.threads: found a key that decides no result/,
  ],
])('a sweep over %s is refused before anything is written', async (_, text, message) => {
  await writeFile(config, sweepText(text));
  const { code, stderr } = await sweep('out');
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
  expect(existsSync(join(folder, 'out'))).toBe(false);
});

test('what does not fit together is refused: train with a sweep, overrides of what is varied', async () => {
  const train = await bbits(['train', config], process.env);
  expect(train.code).toBe(2);
  expect(train.stderr).toContain(
    'sweep: found a sweep, expected one run; bbits sweep runs all of it',
  );
  const override = await sweep('out', 'mu=1');
  expect(override.code).toBe(2);
  expect(override.stderr).toContain('command line: mu: found a key that the sweep varies (mu)');
  const jobs = await sweep('out', '--jobs', '0');
  expect(jobs.code).toBe(2);
});
