import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { aptInstall } from '../../docker/apt.js';
import { parseDockerfile } from '../../docker/dockerfile.js';
import { whyNoDocker, whyNoFolders } from '../../docker/why-not.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

let folder: string;
const stages = parseDockerfile('FROM node:22-bookworm-slim AS a\nFROM node:22-bookworm-slim');

/** Add a program, given as a line of sh, to a PATH without others. */
async function has(name: string, line: string): Promise<void> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\necho "$0" "$@" >>'${join(folder, 'calls')}'\n${line}\n`);
  await chmod(path, 0o755);
}

const fails = (message: string) => `echo '${message}' >&2; exit 100`;

beforeEach(async () => {
  folder = await temporaryFolder();
  vi.stubEnv('PATH', folder);
  vi.spyOn(process, 'getuid').mockReturnValue(0);
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe('Docker cannot build an image', () => {
  test('without its command or daemon', async () => {
    expect(await whyNoDocker(stages)).toBe('no docker command');
    await has('docker', fails('no daemon'));
    expect(await whyNoDocker(stages)).toBe('no daemon');
  });

  test('without a base image that can be pulled', async () => {
    await has('docker', `[ $1 = info ] || { ${fails('no registry')}; }`);
    expect(await whyNoDocker(stages)).toBe('no registry');
    await has('docker', `[ $1 != pull ] || { ${fails('no registry')}; }`);
    expect(await whyNoDocker(stages)).toBeUndefined();
  });
});

describe('the steps of a Dockerfile cannot run in folders', () => {
  const source = 'echo "bookworm http://mirror.example/debian/"';

  beforeEach(async () => {
    for (const name of ['unshare', 'debootstrap', 'wget']) await has(name, '');
    await has('apt-get', source);
  });

  test('only if something is missing', async () => {
    const ofArchitecture = process.arch === 'x64' ? [undefined] : [expect.stringContaining('x64')];
    expect([await whyNoFolders(stages)]).toEqual(ofArchitecture);
    const calls = await readFile(join(folder, 'calls'), 'utf8');
    expect(calls).toContain(' http://mirror.example/debian/dists/bookworm/InRelease\n');
  });

  test('without root privileges', async () => {
    vi.spyOn(process, 'getuid').mockReturnValue(1000);
    expect(await whyNoFolders(stages)).toBe('not root');
  });

  test.each([
    [
      'in a container without permission to mount',
      'unshare',
      fails('not permitted'),
      /^not permitted$/,
    ],
    ['on another release', 'apt-get', 'echo noble http://x/', /no source of Debian bookworm/],
    ['with an unreachable mirror', 'wget', fails('no route'), /mirror\.example.*: no route$/],
  ])('%s', async (_, program, line, message) => {
    await has(program, line);
    expect(await whyNoFolders(stages)).toMatch(message);
  });

  test('if debootstrap cannot be installed', async () => {
    await has('debootstrap', fails('no perl'));
    await has('apt-get', `case "$*" in *install*) ${fails('no package')};; *) ${source};; esac`);
    expect(await whyNoFolders(stages)).toBe(
      'installing debootstrap with apt-get failed: no package',
    );
  });
});

describe('packages are installed', () => {
  test('after their lists are updated, waiting for other installations', async () => {
    const busy = 'E: Could not get lock /var/lib/apt/lists/lock. It is held by process 9 (apt-get)';
    const done = join(folder, 'once');
    await has(
      'apt-get',
      `case "$*" in *update) [ -e ${done} ] || { : >${done}; ${fails(busy)}; };; esac`,
    );
    expect(await aptInstall('a', 'b')).toBeUndefined();
    const calls = (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n');
    expect(calls.map((call) => / (update|install.*)$/.exec(call)?.[1])).toEqual([
      ...['update', 'update'],
      'install --no-install-recommends a b',
    ]);
    for (const call of calls) expect(call).toContain(' -o DPkg::Lock::Timeout=600 ');
  });

  test('even if updating the lists fails, with an error only if the installation fails', async () => {
    await has('apt-get', `case "$*" in *update) ${fails('no network')};; esac`);
    expect(await aptInstall('a')).toBeUndefined();
    await has('apt-get', fails('no network'));
    expect(await aptInstall('a')).toBe('installing a with apt-get failed: no network');
  });

  test('only by root', async () => {
    vi.spyOn(process, 'getuid').mockReturnValue(1000);
    expect(await aptInstall('a')).toBe('installing a needs root');
  });
});
