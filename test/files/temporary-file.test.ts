import fs from 'node:fs';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { withTemporaryFile } from '../../src/files/temporary-file.js';
import { temporaryFolder, userError } from '../helpers/temporary-folder.js';
import { whenDone } from '../helpers/when-done.js';

const { pid } = process;
const data = new Uint8Array([1, 2, 3]);
const write = () => withTemporaryFile('a.bin', data, (folder) => folder);

let parent: string;
beforeEach(async () => {
  parent = await temporaryFolder();
  vi.stubEnv('TMPDIR', parent);
  whenDone(() => vi.unstubAllEnvs());
});

test('a temporary file exists only while it is used', async () => {
  const read = withTemporaryFile('a.bin', data, (folder) => fs.readFileSync(join(folder, 'a.bin')));
  expect([...read]).toEqual([1, 2, 3]);
  expect(() =>
    withTemporaryFile('a.bin', data, () => {
      throw new Error('work');
    }),
  ).toThrow('work');
  expect(await readdir(parent)).toEqual([]);
});

describe('if none can be written, the error names TMPDIR and says what to do', () => {
  test.each([
    ['a folder that is missing', 'missing', /it does not exist \(ENOENT\)/],
    ['a file', 'file', /it is not a folder, or part of its path is not one \(ENOTDIR\)/],
  ])('%s', async (_what, name, found) => {
    await writeFile(join(parent, 'file'), '');
    const folder = join(parent, name);
    vi.stubEnv('TMPDIR', folder);
    const message = await userError(write);
    expect(message).toContain(`TMPDIR=${folder}: temporary files cannot be written there: `);
    expect(message).toMatch(found);
    expect(message).toMatch(/ Set TMPDIR to a writable folder with free space\.$/);
  });

  test.each([
    ['ENOSPC', 'its disk is full'],
    ['EACCES', 'access is not permitted'],
  ])('%s, and nothing is left behind', async (code, found) => {
    const original = fs.writeFileSync;
    whenDone(() => {
      Object.assign(fs, { writeFileSync: original });
      syncBuiltinESMExports();
    });
    fs.writeFileSync = () => {
      throw Object.assign(new Error(code), { code, syscall: 'write' });
    };
    syncBuiltinESMExports();
    expect(await userError(write)).toContain(`: ${found} (${code}). Set TMPDIR to `);
    expect(await readdir(parent)).toEqual([]);
  });
});

test('files that killed processes left an hour ago are removed; others stay', async () => {
  const nobody = 2 ** 22 + 1; // Above the largest process id of Linux.
  const [left, lives, fresh, other] = [
    `bbits-graph-${nobody}-aaaaaa`,
    `bbits-graph-${pid}-aaaaaa`,
    `bbits-graph-${nobody}-bbbbbb`,
    `other-${nobody}-aaaaaa`,
  ] as const;
  const old = new Date(Date.now() - 2 * 3_600_000);
  for (const name of [left, lives, fresh, other]) {
    await mkdir(join(parent, name));
    await writeFile(join(parent, name, 'saved_model.pb'), '');
    if (name !== fresh) await utimes(join(parent, name), old, old);
  }
  write();
  expect((await readdir(parent)).sort()).toEqual([lives, fresh, other].sort());
});
