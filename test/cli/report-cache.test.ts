import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { startBbits } from '../helpers/run-bbits.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

test('a cached report has the same bytes, and other options redraw its figures', async () => {
  const folder = await temporaryFolder();
  const cached = join(folder, 'cache', 'bbits', 'reports');
  const report = async (cache: string, ...options: string[]) => {
    const args = ['report', resolve('results/resnet20'), '--out', 'report', ...options];
    const env = { ...process.env, XDG_CACHE_HOME: join(folder, cache) };
    const { code, stdout, stderr } = await startBbits(args, env, folder).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const names = await readdir(join(folder, 'report'));
    const files = await Promise.all(names.map((name) => readFile(join(folder, 'report', name))));
    return [stdout, ...files.map((bytes) => bytes.toString('base64'))];
  };
  const first = await report('cache');
  const names = await readdir(cached);
  // The trade-off for print, for a window and for a phone, and the epochs.
  expect(names.filter((name) => name.endsWith('.drawn'))).toHaveLength(4);
  const runs = names.find((name) => name.endsWith('.jsonl')) ?? '';
  expect(await readFile(join(cached, runs), 'utf8')).toMatch(
    /^\{"by":"\w{16}","sha256":"\w{64}"\}\n\["resnet20",".*"\]\t\{/,
  );
  expect(await report('cache')).toEqual(first);
  expect(await readdir(cached)).toEqual(names);
  // Other options redraw the figures.
  const errors = await report('cache', '--y', 'error', '--width', 'column');
  expect(errors).toEqual(await report('none', '--y', 'error', '--width', 'column'));
  expect(errors).not.toEqual(first);
}, 60_000);
