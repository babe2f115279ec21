import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderSize } from '../../src/files/folder-size.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

test('counts the files of a folder and its subfolders, without following links', async () => {
  const [folder, other] = [await temporaryFolder(), await temporaryFolder()];
  await mkdir(join(folder, 'a', 'b'), { recursive: true });
  await writeFile(join(folder, 'one'), '1');
  await writeFile(join(folder, 'a', 'b', 'two'), '22');
  await writeFile(join(other, 'four'), '4444');
  await symlink(join(other, 'four'), join(folder, 'file-link'));
  await symlink(other, join(folder, 'folder-link'));
  await symlink('nowhere', join(folder, 'dangling'));
  expect(await folderSize(folder)).toBe(3);
});

test('a deleted folder has no size', async () => {
  expect(await folderSize(join(await temporaryFolder(), 'gone'))).toBe(0);
});
