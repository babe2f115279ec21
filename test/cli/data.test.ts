import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { dataCommand } from '../../src/cli/data.js';
import { datasetNames } from '../../src/data/datasets/datasets.js';
import type { Archive } from '../../src/data/get.js';
import { answerWith, serve, smallArchive } from '../data/archive-server.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

let folder = '';
let printed = '';

beforeEach(async () => {
  const before = process.cwd();
  folder = await realpath(await temporaryFolder());
  process.chdir(folder);
  printed = '';
  const collect = (text: string | Uint8Array) => {
    printed += String(text);
    return true;
  };
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation(collect),
  );
  onTestFinished(() => {
    process.chdir(before);
    for (const spy of spies) spy.mockRestore();
  });
});

async function run(args: string[], archive?: Archive): Promise<string> {
  printed = '';
  await dataCommand(archive).exitOverride().parseAsync(args, { from: 'user' });
  return printed;
}

test('data get cifar10, and then data list', async () => {
  const { contents, archive } = await smallArchive();
  const { url } = await serve(answerWith(contents));
  const got = await run(['get', 'cifar10'], { ...archive, url });
  expect(got).toContain('100 %');
  const what = 'cifar10, 6 training and 3 test images, in datasets/cifar10/cifar-10-batches-bin\n';
  expect(got).toContain(`Ready: ${what}`);
  expect(await run(['get', 'cifar10'], { ...archive, url })).toBe(`Already there: ${what}`);

  const lines = (await run(['list'])).split('\n');
  expect(lines).toHaveLength(datasetNames.length + 1);
  expect(lines[0]).toBe('mnist          60000 training and 10000 test images, verified');
  expect(lines[1]).toContain(`not usable: ${join(folder, 'datasets', 'fashion-mnist')}: expected`);
  expect(lines[2]).toBe('cifar10        6 training and 3 test images, verified');
  expect(lines[3]).toContain('cifar100       not usable: ');
  const all = JSON.parse(await run(['list', '--json'])) as { name: string }[];
  expect(all[0]).toEqual({ name: 'mnist', train: 60000, test: 10000, status: 'verified' });
  expect(all.map(({ name }) => name)).toEqual(datasetNames);
});

test('data get without a network or with a missing archive is a UserError', async () => {
  const { archive } = await smallArchive();
  await expect(
    run(['get', 'cifar10', '--from', 'missing.tar.gz'], { ...archive, url: 'http://127.0.0.1:1/' }),
  ).rejects.toThrow('missing.tar.gz: expected the published archive');
});

test('data get of a data set that cannot be downloaded is bad usage', async () => {
  await expect(run(['get', 'fashion-mnist'])).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(
      /^data get: found fashion-mnist, expected .*mnist, cifar10/,
    ) as string,
  });
});
