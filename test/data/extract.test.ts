import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { extractFiles } from '../../src/data/extract.js';
import { UserError } from '../../src/errors.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { expectUserError } from './idx-files.js';

let from = '';
let to = '';
let archive = '';

beforeEach(async () => {
  const folder = await temporaryFolder();
  from = join(folder, 'from');
  to = join(folder, 'to');
  archive = join(folder, 'archive.tar.gz');
  await mkdir(join(from, 'set'), { recursive: true });
  await mkdir(to);
});

/** Pack members of the folder `from`, by name. */
function pack(...names: string[]): void {
  execFileSync('tar', ['-czPf', archive, ...names], { cwd: from });
}

test('writes only the requested files, without their folders', async () => {
  await writeFile(join(from, 'set', 'a'), 'first');
  await writeFile(join(from, 'set', 'b'), '');
  await writeFile(join(from, 'set', 'unwanted'), 'more');
  pack('set');
  await extractFiles(archive, ['set/a', 'set/b'], to);
  expect((await readdir(to)).sort()).toEqual(['a', 'b']);
  expect(await readFile(join(to, 'a'), 'utf8')).toBe('first');
  expect(await readFile(join(to, 'b'), 'utf8')).toBe('');
});

test('a member with a path elsewhere is written into the folder', async () => {
  await writeFile(join(from, 'a'), 'outside');
  pack('set/../../from/a');
  await extractFiles(archive, ['set/../../from/a'], to);
  expect(await readdir(to)).toEqual(['a']);
});

describe('links', () => {
  test.each(['symbolic', 'hard'])('are neither followed nor created: %s', async (kind) => {
    const secret = join(from, 'secret');
    await writeFile(secret, 'secret');
    await (kind === 'hard' ? link : symlink)(secret, join(from, 'set', 'a'));
    pack('secret', 'set/a');
    await expectUserError(extractFiles(archive, ['set/a'], to), [archive, 'found no set/a in it']);
    expect(await readdir(to)).toEqual([]);
  });
});

test('a second member of the same name is skipped', async () => {
  await writeFile(join(from, 'set', 'a'), 'first');
  // Otherwise the second would be a link to the first.
  pack('--hard-dereference', 'set/a', 'set/a');
  await extractFiles(archive, ['set/a'], to);
  expect(await readdir(to)).toEqual(['a']);
});

test('a header with a wrong checksum is an error of the archive', async () => {
  await writeFile(join(from, 'set', 'a'), 'first');
  pack('set/a');
  const bytes = gunzipSync(await readFile(archive));
  bytes[0] = 's'.charCodeAt(0) ^ 1;
  await writeFile(archive, gzipSync(bytes));
  await expectUserError(extractFiles(archive, ['set/a'], to), [
    `${archive}: expected a complete .tar.gz archive, found `,
    'checksum failure. Get it again.',
  ]);
});

test('an error of the disk is not blamed on the archive', async () => {
  await writeFile(join(from, 'set', 'a'), randomBytes(2 ** 20));
  await writeFile(join(from, 'set', 'b'), randomBytes(2 ** 20));
  pack('set');
  await rm(to, { recursive: true });
  const error: unknown = await extractFiles(archive, ['set/a', 'set/b'], to).catch(
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: 'ENOENT', syscall: 'open' });
  expect(error).not.toBeInstanceOf(UserError);
});

test('a signal stops extraction, and nothing is written afterwards', async () => {
  await writeFile(join(from, 'set', 'a'), randomBytes(32 * 2 ** 20));
  pack('set/a');
  const controller = new AbortController();
  const reason = new Error('enough');
  const extracting = extractFiles(archive, ['set/a'], to, controller.signal);
  setTimeout(() => {
    controller.abort(reason);
  }, 20);
  await expect(extracting).rejects.toBe(reason);
  const { length } = await readFile(join(to, 'a')).catch(() => Buffer.of());
  expect(length).toBeLessThan(32 * 2 ** 20);
  await rm(to, { recursive: true });
  await new Promise((resolve) => setTimeout(resolve, 100));
  await expect(readdir(to)).rejects.toThrow('ENOENT');
});
