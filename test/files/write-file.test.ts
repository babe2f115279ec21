import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeWhole } from '../../src/files/write-file.js';
import { interceptFileOperations } from '../helpers/file-operations.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

test.each([
  ['ENOSPC', 'Make room on its disk.'],
  ['EACCES', 'Allow writing to its folder.'],
  ['EROFS', 'Allow writing to its folder.'],
  ['EIO', 'Make sure that its folder can be written to.'],
])('%s is an error that says what to do, and leaves the file unchanged', async (code, advice) => {
  const folder = await temporaryFolder();
  const path = join(folder, 'file');
  await writeFile(path, 'old');
  for (const failing of ['open', 'writeFile', 'sync', 'rename']) {
    const restore = interceptFileOperations(folder, async (name, half) => {
      if (name !== failing) return;
      await half();
      throw Object.assign(new Error(`${code}: refused`), { code, syscall: name });
    });
    await expect(writeWhole(path, 'new'), failing)
      .rejects.toThrow(`${path}: cannot be written (${code}: refused). ${advice}`)
      .finally(restore);
    expect(await readdir(folder)).toEqual(['file']);
    expect(await readFile(path, 'utf8')).toBe('old');
  }
});

test('a deleted folder is reported as such', async () => {
  const folder = await temporaryFolder();
  await rm(folder, { recursive: true });
  await expect(writeWhole(join(folder, 'file'), 'new')).rejects.toThrow(
    'Its folder is gone: create it again.',
  );
});
