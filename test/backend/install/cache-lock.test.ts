import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withCacheLock } from '../../../src/backend/install/cache.js';
import { temporaryFolder } from '../../helpers/temporary-folder.js';

test('a waiting installation continues after the cache was deleted', async () => {
  const root = join(await temporaryFolder(), 'bbits', 'native');
  let second: Promise<boolean> = Promise.resolve(false);
  await withCacheLock(
    root,
    undefined,
    () => undefined,
    async () => {
      await new Promise<void>((resolve) => {
        second = withCacheLock(
          root,
          undefined,
          () => {
            resolve();
          },
          () => Promise.resolve(existsSync(root)),
        );
      });
      await rm(join(root, '..'), { recursive: true });
    },
  );
  expect(await second).toBe(true);
});

test('work that throws is not retried', async () => {
  const root = join(await temporaryFolder(), 'native');
  let tries = 0;
  const work = async () => {
    tries++;
    await rm(root, { recursive: true });
    throw new Error('its own');
  };
  await expect(withCacheLock(root, undefined, () => undefined, work)).rejects.toThrow('its own');
  expect(tries).toBe(1);
});
