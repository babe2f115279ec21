import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  bindingPath,
  buildFolders,
  buildName,
  cacheRoot,
  compareVersions,
  listBuilds,
} from '../../../src/backend/install/cache.js';
import {
  findDamage,
  hashFile,
  readManifest,
  totalSize,
} from '../../../src/backend/install/manifest.js';
import { writeFakeBuild } from './fake-build.js';
import { temporaryFolder } from '../../helpers/temporary-folder.js';

const platform = `${process.platform}-${process.arch}`;

describe('the cache folder', () => {
  test('follows the XDG specification', () => {
    const home = join(homedir(), '.cache', 'bbits', 'native');
    expect(cacheRoot({})).toBe(home);
    expect(cacheRoot({ XDG_CACHE_HOME: '' })).toBe(home);
    expect(cacheRoot({ XDG_CACHE_HOME: 'relative/path' })).toBe(home);
    expect(cacheRoot({ XDG_CACHE_HOME: '/elsewhere' })).toBe('/elsewhere/bbits/native');
  });

  test('may be absent', async () => {
    expect(await listBuilds('/no/such/folder', platform, '2.21.0')).toEqual([]);
  });

  test('lists builds, the preferred version first and then the newest', async () => {
    const root = await temporaryFolder();
    for (const version of ['2.9.1', '2.19.1', '2.21.0', '2.22.0']) {
      await writeFakeBuild(root, 'cpu', version);
    }
    const builds = await listBuilds(root, platform, '2.21.0');
    expect(builds.map(({ manifest }) => manifest.tensorflow)).toEqual([
      ...['2.21.0', '2.22.0', '2.19.1', '2.9.1'],
    ]);
    expect(bindingPath(builds[0] as (typeof builds)[0])).toBe(
      join(root, buildName('2.21.0', 'cpu', platform), 'lib/tfjs_binding.node'),
    );
  });

  test('leaves out builds for other platforms, folders that are not builds, links and hidden folders', async () => {
    const root = await temporaryFolder();
    const { folder } = await writeFakeBuild(root, 'cpu', '2.19.1', { arch: 'mips' });
    await mkdir(join(root, 'empty'));
    await mkdir(join(root, '.staging-1-x'));
    await writeFile(join(root, 'file'), '');
    await symlink(folder, join(root, 'link'));
    expect(await listBuilds(root, platform, '2.21.0')).toEqual([]);
    expect(await buildFolders(root)).toEqual([`2.19.1-cpu-${platform}`, 'empty']);
  });

  test('compares versions number by number', () => {
    expect(compareVersions('2.9.1', '2.21.0')).toBeLessThan(0);
    expect(compareVersions('20.3', '20.3.4')).toBeLessThan(0);
    expect(compareVersions('2.21.0', '2.21.0')).toBe(0);
  });
});

describe('a manifest', () => {
  test('reads back as written', async () => {
    const { folder, manifest } = await writeFakeBuild(await temporaryFolder());
    expect(await readManifest(folder)).toEqual(manifest);
    expect(totalSize(manifest)).toBe(16);
  });

  const file = { size: 1, sha256: '0'.repeat(64) };
  const wrong: [string, object][] = [
    ['another format', { format: 2 }],
    ['a path outside the folder', { files: [{ ...file, path: 'lib/../../x' }] }],
    ['an absolute path', { files: [{ ...file, path: '/etc/passwd' }] }],
    ['a binding outside the folder', { binding: '../x.node' }],
    ['no files', { files: [] }],
    ['a short hash', { files: [{ ...file, path: 'x', sha256: '0' }] }],
    ['another variant', { variant: 'tpu' }],
  ];
  test.each(wrong)('with %s is invalid', async (_name, changes) => {
    const { folder } = await writeFakeBuild(await temporaryFolder(), 'cpu', '2.21.0', changes);
    expect(await readManifest(folder)).toBeUndefined();
  });

  test('that is absent or not JSON is invalid', async () => {
    const { folder } = await writeFakeBuild(await temporaryFolder());
    await writeFile(join(folder, 'manifest.json'), '{');
    expect(await readManifest(folder)).toBeUndefined();
    await rm(join(folder, 'manifest.json'));
    expect(await readManifest(folder)).toBeUndefined();
  });
});

describe('damage', () => {
  test('is found by size in a quick check, by SHA-256 in a deep one', async () => {
    const { folder, manifest } = await writeFakeBuild(await temporaryFolder());
    expect(await findDamage(folder, manifest, true)).toEqual([]);

    await writeFile(join(folder, 'tensorflow/lib.so'), 'LIBRARY');
    expect(await findDamage(folder, manifest, false)).toEqual([]);
    expect(await findDamage(folder, manifest, true)).toEqual([
      expect.stringMatching(/tensorflow\/lib.so has sha256 \w{64}; the manifest says \w{64}$/),
    ]);

    await writeFile(join(folder, 'tensorflow/lib.so'), 'lib');
    await rm(join(folder, manifest.binding));
    await mkdir(join(folder, manifest.binding));
    expect(await findDamage(folder, manifest, false)).toEqual([
      expect.stringMatching(/lib.so has 3 bytes; the manifest says 7$/),
      expect.stringMatching(/tfjs_binding.node is missing$/),
    ]);
  });

  test('search stops at a signal', async () => {
    const { folder, manifest } = await writeFakeBuild(await temporaryFolder());
    const reason = new Error('enough');
    await expect(findDamage(folder, manifest, true, AbortSignal.abort(reason))).rejects.toBe(
      reason,
    );
  });

  test('hashes match the known SHA-256 of an example', async () => {
    const path = join(await temporaryFolder(), 'abc');
    await writeFile(path, 'abc');
    expect(await hashFile(path)).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });
});
