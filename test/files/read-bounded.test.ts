import fs, { writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readBounded } from '../../src/files/read-bounded.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/** Make the first reads fail as if another machine had replaced the file. */
async function whileStale<T>(times: number, work: () => Promise<T>): Promise<T> {
  const original = fs.readFile;
  let left = times;
  const stale = (...args: Parameters<typeof original>) => {
    if (left-- > 0) return Promise.reject(Object.assign(new Error('stale'), { code: 'ESTALE' }));
    return original(...args);
  };
  fs.readFile = stale as typeof original;
  syncBuiltinESMExports();
  try {
    return await work();
  } finally {
    fs.readFile = original;
    syncBuiltinESMExports();
  }
}

test('a file that goes stale while being read is read once more', async () => {
  const path = join(await temporaryFolder(), 'file');
  await writeFile(path, 'text');
  expect(String(await whileStale(1, () => readBounded(path, 10)))).toBe('text');
  await expect(whileStale(2, () => readBounded(path, 10))).rejects.toThrow(/stale/);
});
