import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileError } from '../../src/files/file-error.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const refusalOf = (path: string) =>
  readFile(path).then(
    () => undefined,
    (error: unknown) => fileError(error),
  );

test('describes a system error in words', async () => {
  const folder = await temporaryFolder();
  const loop = join(folder, 'loop');
  await symlink('loop', loop);
  expect(await refusalOf(join(folder, 'x'))).toEqual({
    found: 'it does not exist',
    toWrite: 'Its folder is gone: create it again',
  });
  expect(await refusalOf(folder)).toMatchObject({ found: 'it is a folder' });
  expect(await refusalOf(loop)).toMatchObject({
    found: 'it is a symbolic link that leads back to itself',
  });
  expect(await refusalOf('a\0b')).toMatchObject({ found: 'it is not a valid path' });
});

test.each([
  ['EACCES', 'access is not permitted', 'Allow writing to its folder'],
  ['EDQUOT', 'its disk is full', 'Make room on its disk'],
  ['EMFILE', 'the system refuses it (EMFILE)', 'Make sure that its folder can be written to'],
])('%s', (code, found, toWrite) => {
  const error = Object.assign(new Error('refused'), { code, syscall: 'open' });
  expect(fileError(error)).toMatchObject({ found, toWrite });
});

test('has no description for other errors', () => {
  expect(fileError(new TypeError('x is not a function'))).toBeUndefined();
  expect(fileError(Object.assign(new Error(), { code: 'ERR_ASSERTION' }))).toBeUndefined();
  expect(fileError(Object.assign(new Error(), { code: 'toString' }))).toBeUndefined();
  expect(fileError({ code: 'ENOENT' })).toBeUndefined();
});
