import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findRuns } from '../../src/runs/find-runs.js';
import { temporaryFolder, userError } from '../helpers/temporary-folder.js';

async function run(...path: string[]): Promise<string> {
  const folder = join(...path);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'config.yaml'), '');
  await writeFile(join(folder, 'status.json'), '');
  return folder;
}

test('runs are found up to four levels deep, in natural order, and nothing else is taken for one', async () => {
  const root = await temporaryFolder();
  const expected = [
    await run(root, 'a', 'mu-0.02'),
    await run(root, 'a', 'mu-0.1'),
    await run(root, 'b', '2', '3', '4'),
  ];
  await run(root, 'b', '2', '3', '4x', 'too-deep');
  await run(root, '.hidden');
  await run(root, 'node_modules', 'x');
  // Folders inside a run are not runs.
  await run(root, 'a', 'mu-0.1', 'copy');
  await mkdir(join(root, 'configs'));
  await writeFile(join(root, 'configs', 'config.yaml'), '');
  expect(await findRuns([root])).toEqual({ folders: expected, problems: [] });
  expect((await findRuns([expected[0] ?? ''])).folders).toEqual([expected[0]]);
});

test('links are not followed, and a run found twice is listed once', async () => {
  const root = await temporaryFolder();
  const only = await run(root, 'sweep', 'run');
  await symlink(root, join(root, 'sweep', 'loop'));
  await symlink(only, join(root, 'link'));
  expect((await findRuns([root, join(root, 'sweep'), only])).folders).toEqual([only]);
});

test('a path that is not a folder is an error, exit code 2', async () => {
  const root = await temporaryFolder();
  const file = join(root, 'file');
  await writeFile(file, '');
  expect(await userError(findRuns([file]))).toContain(`${file}: found a file, expected a folder`);
  expect(await userError(findRuns([join(root, 'no')]))).toContain('found no such folder');
});
