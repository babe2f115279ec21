import { createHash } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { unpack, unpackedSize } from '../../../src/backend/install/unpack.js';
import { temporaryFolder, userError } from '../../helpers/temporary-folder.js';
import { makeZip, type Member } from './zip.js';

const everything = { wanted: [/^/] };

async function wheelOf(members: readonly Member[]): Promise<{ wheel: string; target: string }> {
  const folder = await temporaryFolder();
  const wheel = join(folder, 'some.whl');
  await writeFile(wheel, makeZip(members));
  const target = join(folder, 'a', 'target');
  await mkdir(target, { recursive: true });
  return { wheel, target };
}

describe('a good wheel', () => {
  const long = 'many words '.repeat(100_000);
  const members: Member[] = [
    { name: 'folder/', content: '', deflate: false },
    { name: 'folder/long.txt', content: long },
    { name: 'folder/stored', content: 'as it is', deflate: false, mode: 0o755 },
    { name: 'empty', content: '' },
    { name: 'other/unwanted', content: 'x' },
  ];
  const wanted = [/^folder\//, /^empty$/];

  test('is unpacked with sizes, hashes and permissions, without the unwanted members', async () => {
    const { wheel, target } = await wheelOf(members);
    let bytes = 0;
    const files = await unpack(wheel, target, { wanted, written: (count) => (bytes += count) });
    expect(files.map(({ path, size }) => [path, size])).toEqual([
      ['folder/long.txt', long.length],
      ['folder/stored', 8],
      ['empty', 0],
    ]);
    expect(files[0]?.sha256).toBe(createHash('sha256').update(long).digest('hex'));
    expect(bytes).toBe(long.length + 8);
    expect(await readFile(join(target, 'folder/long.txt'), 'utf8')).toBe(long);
    expect((await stat(join(target, 'folder/stored'))).mode & 0o777).toBe(0o755);
    expect((await stat(join(target, 'folder/long.txt'))).mode & 0o777).toBe(0o644);
    expect((await readdir(target)).sort()).toEqual(['empty', 'folder']);
  });

  test('reports its size beforehand', async () => {
    const { wheel } = await wheelOf(members);
    expect(await unpackedSize(wheel, wanted)).toBe(long.length + 8);
  });

  test('stops being unpacked at a signal, with its reason', async () => {
    const { wheel, target } = await wheelOf(members);
    const controller = new AbortController();
    const reason = new Error('enough');
    const written = () => {
      controller.abort(reason);
    };
    await expect(
      unpack(wheel, target, { ...everything, signal: controller.signal, written }),
    ).rejects.toBe(reason);
  });
});

describe('a hostile or broken archive is refused, and nothing is written outside the folder', () => {
  const good: Member = { name: 'good', content: 'good' };
  const hostile: [string, Member[], RegExp][] = [
    ['a path above the folder', [{ name: '../../evil', content: 'x' }], /invalid relative path/],
    [
      'a path that goes up from a subfolder',
      [{ name: 'a/../../../evil', content: 'x' }],
      /invalid relative path/,
    ],
    ['an absolute path', [{ name: '/tmp/evil', content: 'x' }], /absolute path/],
    ['a drive', [{ name: 'C:/evil', content: 'x' }], /absolute path/],
    [
      'a backslash',
      [{ name: '..\\evil', content: 'x' }],
      /invalid relative path|invalid character/,
    ],
    ['a null byte', [{ name: 'evil\0.so', content: 'x' }], /not a complete wheel/],
    ['one name twice', [good, good], /EEXIST/],
    ['a file that is also a folder', [good, { name: 'good/x', content: 'x' }], /EEXIST|ENOTDIR/],
    [
      'more bytes than declared',
      [{ ...good, content: 'x'.repeat(1e6), size: 10 }],
      /too many bytes/,
    ],
    ['fewer bytes than declared', [{ ...good, size: 1e9 }], /not enough bytes/],
    ['a wrong size, uncompressed', [{ ...good, deflate: false, size: 5 }], /size mismatch/],
    ['a wrong checksum', [{ ...good, crc: 1 }], /good has a wrong checksum/],
    ['an unknown compression', [{ ...good, method: 99 }], /compression method: 99/],
  ];
  test.each(hostile)('%s', async (_name, members, message) => {
    const { wheel, target } = await wheelOf(members);
    const said = await userError(unpack(wheel, target, everything));
    expect(said).toMatch(/^some.whl is not a complete wheel: .*download it again\.$/);
    expect(said).toMatch(message);
    expect(await readdir(join(target, '..'))).toEqual(['target']);
    expect((await readdir(join(target, '..', '..'))).sort()).toEqual(['a', 'some.whl']);
  });

  test('a link in the archive becomes a file and is not followed', async () => {
    const members = [
      { name: 'link', content: '/tmp', mode: 0o120777 },
      { name: 'link/evil', content: 'x' },
    ];
    const { wheel, target } = await wheelOf(members);
    expect(await userError(unpack(wheel, target, everything))).toMatch(/EEXIST|ENOTDIR/);
    expect((await lstat(join(target, 'link'))).isFile()).toBe(true);
  });

  test('an existing file is not overwritten, nor an existing link followed', async () => {
    const { wheel, target } = await wheelOf([good]);
    const outside = join(target, '..', 'outside');
    await writeFile(outside, 'mine');
    await symlink(outside, join(target, 'good'));
    expect(await userError(unpack(wheel, target, everything))).toMatch(/EEXIST/);
    expect(await readFile(outside, 'utf8')).toBe('mine');
  });

  const whole = makeZip([{ name: 'x', content: 'many different words, 0123456789' }]);
  const cut: [string, Buffer][] = [
    ['an empty file', Buffer.alloc(0)],
    ['a page of HTML', Buffer.from('<html>not found</html>')],
    ['truncated at the end', whole.subarray(0, -10)],
    ['truncated in the middle', whole.subarray(0, whole.length / 2)],
    ['without its beginning', whole.subarray(20)],
    [
      'zeros in place of data',
      Buffer.concat([whole.subarray(0, 31), Buffer.alloc(20), whole.subarray(51)]),
    ],
  ];
  test.each(cut)('%s', async (_name, bytes) => {
    const { wheel, target } = await wheelOf([]);
    await writeFile(wheel, bytes);
    expect(await userError(unpack(wheel, target, everything))).toMatch(/not a complete wheel/);
  });

  test('an error of the disk is not blamed on the archive', async () => {
    const { target } = await wheelOf([good]);
    await expect(unpack(join(target, 'absent.whl'), target, everything)).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });
});
