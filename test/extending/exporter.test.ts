import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { exportCommand } from '../../src/cli/export.js';
import { readExport } from '../helpers/read-export.js';
import { smallNetwork } from '../helpers/small-network.js';
import { smallRun } from '../helpers/small-run.js';
import { startWhatThereIs } from '../helpers/test-backend.js';

/** Adds the example to the table, as a line there would. */
vi.mock(import('../../src/deployment/exporters/exporters.js'), async (original) => ({
  exporters: { ...(await original()).exporters, 'c-header': () => import('./exporter.js') },
}));

beforeAll(startWhatThereIs);

async function bbitsExport(...args: string[]): Promise<void> {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  await exportCommand()
    .parseAsync(args, { from: 'user' })
    .finally(() => {
      vi.restoreAllMocks();
    });
}

test('a format takes one file and one line in the table: bbits export writes it', async () => {
  const run = await smallRun(`${smallNetwork}training: { epochs: 1, batchSize: 50 }\n`);
  await bbitsExport(run, '--format', 'c-header');
  expect(await readdir(join(run, 'export-c-header'))).toEqual(['network.h']);
  const header = await readFile(join(run, 'export-c-header', 'network.h'), 'utf8');
  expect(header.split('\n')[0]).toBe('/* own network, for the 10 classes of mnist */');

  // Exactly the numbers of the default format.
  await bbitsExport(run, '--out', join(run, 'usual'));
  const tensors = Object.entries((await readExport(join(run, 'usual'))).tensors);
  expect(header.trimEnd().split('\n')).toHaveLength(2 + tensors.length);
  for (const [name, { values }] of tensors) {
    const [, count, list = ''] =
      new RegExp(`${name.replace('/', '_')}\\[(\\d+)\\] = \\{(.*)\\};`).exec(header) ?? [];
    expect(Number(count), name).toBe(values.length);
    expect(list.split(',').map(Number.parseFloat), name).toEqual(Array.from(values));
  }
});

test('a misspelled format is rejected with the nearest name', async () => {
  await expect(bbitsExport('run', '--format', 'cheader')).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(
      /^--format: found cheader, expected one of: safetensors, .*; did you mean c-header\?$/,
    ) as string,
  });
});
