import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { startBbits } from '../helpers/run-bbits.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

test('a report whose runs are in the cache is the same bytes', async () => {
  const folder = await temporaryFolder();
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') };
  const report = async () => {
    const args = ['report', resolve('results/resnet20'), '--out', 'report'];
    const { code, stdout, stderr } = await startBbits(args, env, folder).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const names = await readdir(join(folder, 'report'));
    const files = await Promise.all(names.map((name) => readFile(join(folder, 'report', name))));
    return [stdout, ...files.map((bytes) => bytes.toString('base64'))];
  };
  const first = await report();
  const [name = ''] = await readdir(join(env.XDG_CACHE_HOME, 'bbits', 'reports'));
  const kept = await readFile(join(env.XDG_CACHE_HOME, 'bbits', 'reports', name), 'utf8');
  expect(kept).toMatch(/^\{"by":"\w{16}","sha256":"\w{64}"\}\n\["resnet20",".*"\]\t\{/);
  expect(await report()).toEqual(first);
}, 60_000);
