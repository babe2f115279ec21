import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { goLive, removeStale, withStaging } from '../../../src/backend/install/staging.js';
import { fakeBuild } from './fake-build.js';
import { temporaryFolder } from '../../helpers/temporary-folder.js';

const { manifest } = fakeBuild('cpu');

describe('a staging folder', () => {
  test('is named after the process id, and removed when its work is done', async () => {
    const root = await temporaryFolder();
    const name = await withStaging(root, async (staging) => {
      await writeFile(join(staging, 'file'), 'content');
      return basename(staging);
    });
    expect(name).toMatch(new RegExp(`^\\.staging-${process.pid}-`));
    expect(await readdir(root)).toEqual([]);
  });

  test('is removed after a failure too', async () => {
    const root = await temporaryFolder();
    const failure = new Error('failed');
    await expect(withStaging(root, () => Promise.reject(failure))).rejects.toBe(failure);
    expect(await readdir(root)).toEqual([]);
  });

  test('is stale only if its name contains the id of a dead process', async () => {
    const root = await temporaryFolder();
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    const alive = `.staging-${process.pid}-x`;
    for (const name of [`.staging-${dead}-x`, '.staging-x', alive, 'build', '.lock']) {
      await mkdir(join(root, name, 'deep'), { recursive: true });
    }
    await removeStale(root);
    expect((await readdir(root)).sort()).toEqual(['.lock', alive, '.staging-x', 'build']);
  });
});

describe('a finished build', () => {
  test('is moved into place with its manifest', async () => {
    const root = await temporaryFolder();
    const target = join(root, 'target');
    await withStaging(root, async (staging) => {
      await mkdir(join(staging, 'build'));
      await goLive(join(staging, 'build'), target, staging, manifest);
    });
    expect(await readdir(root)).toEqual(['target']);
    expect(JSON.parse(await readFile(join(target, 'manifest.json'), 'utf8'))).toEqual(manifest);
  });

  test('replaces the earlier one', async () => {
    const root = await temporaryFolder();
    const target = join(root, 'target');
    await mkdir(target);
    await writeFile(join(target, 'old'), '');
    await withStaging(root, async (staging) => {
      await mkdir(join(staging, 'build'));
      await goLive(join(staging, 'build'), target, staging, manifest);
    });
    expect(existsSync(join(target, 'old'))).toBe(false);
    expect(await readdir(root)).toEqual(['target']);
  });
});
