import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { install } from '../../../src/backend/install/install.js';
import { cached, fakeMachine, recorder } from './fake-machine.js';
import { cpuProject, version, wheelMembers, wheelName } from './fake-wheels.js';
import { userError } from '../../helpers/temporary-folder.js';
import { makeZip } from './zip.js';

const options = { tensorflow: version, cuda: false };

describe('a failed installation leaves nothing behind and says what to do', () => {
  const failures: [string, Parameters<typeof fakeMachine>[0], RegExp][] = [
    ['pip fails', { pip: 'fail' }, /PyPI \(exit code 1\).*\n {2}ERROR: No matching.*\nCheck the n/],
    [
      'pip downloads nothing',
      { pip: 'nothing' },
      /pip reported success, but .* downloaded nothing/,
    ],
    [
      'the wheel is truncated',
      { pip: 'truncated' },
      /is not a complete wheel: .*download it again/,
    ],
    [
      'there is no pip',
      { pip: 'absent' },
      /no pip was found.*--wheel; offline, --binding is needed as well[^]*: apt-get install python3-pip$/,
    ],
    ['pip is too old', { pip: 'old' }, /found pip 20.0.2.*expected 20.3.4.*install --upgrade pip/],
    ['the compiler fails', { env: { FAKE_COMPILER: 'fail' } }, /nothing is right\n.*variable CXX/],
    ['the binding is broken', { env: { FAKE_COMPILER: 'broken' } }, /undefined symbol: TF_Some/],
    [
      'CXX names no compiler',
      { env: { CXX: '/no/such/g++' } },
      /CXX, \/no\/such\/g\+\+, does not run/,
    ],
  ];
  test.each(failures)('%s', async (_name, fake, message) => {
    const machine = await fakeMachine(fake);
    const said = await userError(install(options, recorder(), machine));
    expect(said).toMatch(message);
    expect(said).not.toContain('WARNING');
    expect(await cached(machine)).toEqual([]);
  });

  test('pip downloads another version than requested', async () => {
    const machine = await fakeMachine();
    const work = install({ ...options, tensorflow: '2.19.9' }, recorder(), machine);
    expect(await userError(work)).toMatch(/asked for version 2.19.9 but downloaded .*-2.20.0-/);
    expect(await cached(machine)).toEqual([]);
  });

  test('pip soon gives up on an unreachable index, unless the user has set its timeout', async () => {
    const patience = async (env: Record<string, string>) => {
      const machine = await fakeMachine({ pip: 'fail', env });
      await userError(install(options, recorder(), machine));
      return readFile(join(machine.folder, 'pip-patience'), 'utf8');
    };
    expect(await patience({})).toBe('1 10');
    expect(await patience({ PIP_RETRIES: '7', PIP_DEFAULT_TIMEOUT: '60' })).toBe('7 60');
  });

  test('the disk is full', async () => {
    const machine = await fakeMachine();
    const statfs = () => Promise.resolve({ bavail: 100, bsize: 1_000_000 });
    const message = await userError(install(options, recorder(), { ...machine, statfs }));
    expect(message).toMatch(/has 100 MB free, and the installation needs 1\.13 GB.*XDG_CACHE_HOME/);
    expect(await machine.commands()).toEqual([]);
    expect(await cached(machine)).toEqual([]);
  });

  test('the cache folder is a file', async () => {
    const machine = await fakeMachine();
    await writeFile(join(machine.folder, 'file'), '');
    const root = join(machine.folder, 'file', 'native');
    const message = await userError(install(options, recorder(), { ...machine, root }));
    expect(message).toMatch(/cache folder .* cannot be used: ENOTDIR.* XDG_CACHE_HOME/);
  });

  test('the default version’s wheel does not match the recipe’s checksum', async () => {
    const name = wheelName(cpuProject, '2.21.0').replace(/manylinux_2_28/, 'manylinux_2_27');
    const wheels = { [name]: makeZip(wheelMembers(cpuProject, '2.21.0')) };
    const machine = await fakeMachine({ wheels });
    const message = await userError(
      install({ ...options, tensorflow: '2.21.0' }, recorder(), machine),
    );
    expect(message).toMatch(/has sha256 [0-9a-f]{64}; PyPI's wheel of this name has [0-9a-f]{64}/);
  });
});
