import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withLock } from '../../../src/files/lock.js';
import { remove } from '../../../src/backend/install/remove.js';
import { writeFakeBuild } from './fake-build.js';
import { temporaryFolder } from '../../helpers/temporary-folder.js';

const waiting = () => undefined;
const platform = `${process.platform}-${process.arch}`;

/** Left by a killed installation. */
const stale = '.staging-999999999-x';
/** Folders that bbits did not make. */
const users = ['.staging-area', '2.21.0', 'my-builds', 'onnxruntime', 'src'];

async function cache(): Promise<string> {
  const root = await temporaryFolder();
  await writeFakeBuild(root, 'cpu', '2.21.0');
  await writeFakeBuild(root, 'cuda', '2.21.0');
  await writeFakeBuild(root, 'cpu', '2.19.1');
  await writeFakeBuild(root, 'cpu', '2.10.0', { arch: 'mips' });
  await mkdir(join(root, `2.9.0-cpu-${platform}`)); // Unreadable: without a manifest.
  await mkdir(join(root, `onnxruntime-1.30.0-${platform}`));
  for (const name of users) {
    await mkdir(join(root, name));
    await writeFile(join(root, name, 'mine.txt'), 'somebody’s');
  }
  await mkdir(join(root, stale));
  await writeFile(join(root, 'note.txt'), 'somebody’s');
  return root;
}

describe('remove', () => {
  test('deletes all builds and the remains of killed installations, and nothing else', async () => {
    const root = await cache();
    const removed = await remove({}, { root, waiting });
    expect(removed.map(({ folder }) => basename(folder))).toEqual([
      ...[`2.10.0-cpu-${platform}`, `2.19.1-cpu-${platform}`],
      ...[`2.21.0-cpu-${platform}`, `2.21.0-cuda-${platform}`, `2.9.0-cpu-${platform}`],
      `onnxruntime-1.30.0-${platform}`,
    ]);
    expect(removed[0]?.freed).toBeGreaterThan(14);
    expect(removed[4]?.freed).toBe(0);
    expect(await readdir(root)).toEqual([...users, 'note.txt'].sort());
    for (const name of users) expect(await readdir(join(root, name))).toEqual(['mine.txt']);
  });

  const some: [object, string[]][] = [
    [{ tensorflow: '2.19.1' }, [`2.19.1-cpu-${platform}`]],
    [{ variant: 'cuda' }, [`2.21.0-cuda-${platform}`]],
    [{ variant: 'cpu', tensorflow: '2.21.0' }, [`2.21.0-cpu-${platform}`]],
    [{ tensorflow: '1.0.0' }, []],
  ];
  test.each(some)('with %j deletes only the matching builds', async (options, names) => {
    const root = await cache();
    const before = await readdir(root);
    const removed = await remove(options, { root, waiting });
    expect(removed.map(({ folder }) => basename(folder))).toEqual(names);
    expect(await readdir(root)).toEqual(
      before.filter((name) => !names.includes(name) && name !== stale),
    );
  });

  test('does nothing without a cache, and creates none', async () => {
    const root = join(await temporaryFolder(), 'absent');
    expect(await remove({}, { root, waiting })).toEqual([]);
    expect(existsSync(root)).toBe(false);
  });

  test('waits for a running installation', async () => {
    const root = await cache();
    const order: string[] = [];
    let removal: Promise<unknown> = Promise.resolve();
    await withLock(root, undefined, waiting, async () => {
      await new Promise<void>((resolve) => {
        removal = remove(
          {},
          {
            root,
            waiting: () => {
              order.push('waits');
              resolve();
            },
          },
        ).then(() => order.push('removed'));
      });
      order.push('installed');
    });
    await removal;
    expect(order).toEqual(['waits', 'installed', 'removed']);
  });
});
