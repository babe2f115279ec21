import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockName } from '../../../src/files/lock.js';
import { lockRun } from '../../../src/runs/folder/run-lock.js';
import { readStatus, writeStatus } from '../../../src/runs/folder/status-file.js';
import { temporaryFolder } from '../../helpers/temporary-folder.js';

test('a run counts as running while its lock is held, whatever its file says', async () => {
  const folder = await temporaryFolder();
  const status = async () => (await readStatus(folder)).status;
  await lockRun(folder, async () => {
    await writeStatus(folder, { status: 'running' });
    expect(await status()).toBe('running');
  });
  expect(await readStatus(folder)).toEqual({
    status: 'interrupted',
    reason: `its process (${process.pid}@${hostname()}) is gone`,
  });
  // The lock of another machine is trusted while it is recent.
  await writeFile(join(folder, lockName), '1@another-machine - abc');
  expect(await status()).toBe('running');
});

test.each(['', '{', '{"status":"well"}', '[]'])('a damaged file is a failure: %j', async (text) => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'status.json'), text);
  expect(await readStatus(folder)).toEqual({
    status: 'failed',
    reason: 'its status.json is damaged',
  });
});

test('without the file, the result decides', async () => {
  const folder = await temporaryFolder();
  expect((await readStatus(folder)).status).toBe('interrupted');
  await writeFile(join(folder, 'result.json'), '{}');
  expect((await readStatus(folder)).status).toBe('finished');
});
