import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { gpuParts, scales, type Command, type Part } from '../../bench/gpu-parts.js';
import { runInTime, type Ended } from '../../bench/run-in-time.js';
import { runParts } from '../../bench/run-parts.js';
import { parseConfig } from '../../src/config/config.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

const part = (name: string, ...args: string[]): Part => ({
  name,
  commands: args.map((each) => ({ args: [each] })),
  mostSeconds: 100,
});
const training: Part = { name: 'training', commands: [{ args: ['train'] }] };
const good: Ended = { status: 0, timeIsUp: false, seconds: 1, stdout: '{"a":1}', stderr: '' };

interface Told {
  readonly seconds?: number;
  readonly of?: number;
  readonly ends?: Readonly<Record<string, Partial<Ended>>>;
}

/** Call the script. @param seconds that each command takes @returns what it ran and how it ended */
async function call(parts: readonly Part[], { seconds = 1, of = 570, ends = {} }: Told = {}) {
  let left = of;
  const ran: [string, number][] = [];
  const found = await runParts(parts, folder, {
    secondsLeft: () => left,
    run({ args: [name = ''] }, most) {
      ran.push([name, most]);
      left -= seconds;
      return Promise.resolve({ ...good, ...ends[name] });
    },
    say: () => undefined,
  });
  return { ...found, ran };
}

const written = async (name: string) =>
  JSON.parse(await readFile(join(folder, name), 'utf8')) as unknown;

test('each part is run once, and its output is saved as a file', async () => {
  const parts = [part('a', 'x', 'y'), part('b', 'z')];
  expect(await call(parts)).toEqual({
    failed: [],
    left: [],
    ran: [
      ['x', 100],
      ['y', 99],
      ['z', 100],
    ],
  });
  expect(await written('a.json')).toMatchObject([
    { args: ['x'], status: 0, stdout: { a: 1 } },
    { args: ['y'] },
  ]);
  expect((await call(parts)).ran).toEqual([]);
});

test('a failed part is reported and retried', async () => {
  const parts = [part('a', 'x', 'y'), part('b', 'z')];
  const first = await call(parts, { ends: { x: { status: 1, stdout: 'no' } } });
  expect(first).toMatchObject({ failed: ['a'], left: [] });
  expect(first.ran.map(([name]) => name)).toEqual(['x', 'z']);
  expect(await written('a.failed.json')).toMatchObject([{ status: 1, stdout: 'no' }]);
  expect((await call(parts)).ran.map(([name]) => name)).toEqual(['x', 'y']);
  expect((await readdir(folder)).sort()).toEqual(['a.json', 'b.json']);
});

test('a retried part finds none of its earlier files', async () => {
  const left = ['first', 'second', 'dumps'];
  for (const name of left) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'run.json'), '');
  }
  const parts = gpuParts(scales.gpu, folder, [], () => false);
  await call(parts.filter(({ name }) => name === 'same-bytes'));
  expect(await readdir(folder)).toEqual(['same-bytes.json']);
});

test('parts that do not fit the time limit are left out, and training uses the remaining time', async () => {
  const parts = [part('a', 'x'), part('b', 'y'), training];
  const stopped = { train: { status: 143, timeIsUp: true } };
  expect(await call(parts, { seconds: 90, of: 180, ends: stopped })).toEqual({
    failed: [],
    left: ['b', 'training'],
    ran: [
      ['x', 100],
      ['train', 90],
    ],
  });
  expect(await call(parts, { of: 110 })).toMatchObject({ failed: [], left: [] });
});

test('a command whose time is up is asked to stop', async () => {
  const forEver = { args: ['-e', 'setInterval(() => {}, 1000)'] };
  const ended = await runInTime(forEver, folder, 0.5);
  expect(ended).toMatchObject({ status: null, timeIsUp: true });
  const args = ['-e', 'console.log(process.env.GIVEN); process.exit(3)'];
  expect(await runInTime({ args, env: { GIVEN: 'yes' } }, folder, 60)).toMatchObject({
    status: 3,
    timeIsUp: false,
    stdout: 'yes\n',
  });
});

const partsOf = (isThere: boolean) =>
  gpuParts(scales.gpu, '/out', ['training.epochs=9', 'dataset.path=/cifar'], () => isThere);
const allCommands = partsOf(false).flatMap(({ commands }): readonly Command[] => commands);

test('training resumes a started run, or starts with a valid config', async () => {
  const resumed = partsOf(true).find(({ name }) => name === 'long');
  expect(resumed?.commands[0]?.args).toEqual(['bin/bbits.js', 'resume', '/out/run-long']);
  const trained = allCommands.filter(({ args }) => args[1] === 'train');
  expect(trained).toHaveLength(4);
  for (const { args } of trained) {
    const [, , file = '', ...rest] = args;
    const settings = rest.slice(0, rest.indexOf('--out'));
    const config = parseConfig(await readFile(file, 'utf8'), file, settings);
    expect(config.backend).toBe('native-gpu');
  }
});

test('parts other than training take less than ten minutes, and their files exist', async () => {
  for (const { name, mostSeconds } of partsOf(false)) {
    if (mostSeconds !== undefined) expect(mostSeconds, name).toBeLessThan(570);
  }
  const files = allCommands.flatMap(({ args }) => args.filter((each) => /\.[jt]s$/.test(each)));
  for (const file of new Set(files)) expect(await readFile(file), file).not.toHaveLength(0);
});
