import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { npmCommand } from '../../src/commands/npm-pack.js';

test('on Windows only the npm that runs bbits is called, never another package manager', () => {
  const ours = '/tools/npm/bin/npm-cli.js';
  const call = (npm_execpath?: string) => npmCommand({ npm_execpath }, 'win32');
  expect(call(ours)).toEqual({ command: process.execPath, args: [ours] });
  for (const other of [
    '/yarn/bin/yarn.js',
    '/pnpm/bin/pnpm.cjs',
    '/npm/bin/npx-cli.js',
    undefined,
  ]) {
    const [program = ''] = call(other).args;
    expect(program).not.toBe(other);
    expect(basename(program)).toBe('npm-cli.js');
  }
  expect(npmCommand({ npm_execpath: ours }, 'linux')).toEqual({ command: 'npm', args: [] });
});
