import { execFileSync } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fakeMachine } from '../../backend/install/fake-machine.js';
import { version as tensorflow } from '../../backend/install/fake-wheels.js';
import { bbits, startNode } from '../../helpers/run-bbits.js';
import { packageVersion } from '../../../src/version.js';
import { pack } from './pack.js';

interface Report {
  readonly installation: string;
  readonly folder: string;
}

test('--version --json and the doctor say how bbits is installed: in a clone or a project, globally, or by npx', async () => {
  const { folder, tarball, home, npm } = await pack();
  const machine = await fakeMachine();
  const env = { ...machine.env, HOME: home };
  const project = join(folder, 'a project');
  await mkdir(project);
  await writeFile(join(project, 'package.json'), '{}');
  npm(project, 'install', tarball);
  npm(project, 'install', '--global', tarball);
  const here = join(project, 'node_modules/bbits');
  const everywhere = join(folder, 'prefix/lib/node_modules/bbits');
  for (const [kind, program] of [
    ['local', here],
    ['global', everywhere],
  ] as const) {
    const run = (...args: string[]) =>
      startNode([join(program, 'bin/bbits.js'), ...args], env).ended;
    const { code, stdout } = await run('--version', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      ...{ version: packageVersion(), installation: kind, folder: program },
      ...{ node: process.versions.node, platform: `${process.platform}-${process.arch}` },
      ...{ backend: 'wasm', tensorflow: null },
    });
    const doctor = await run('backend', 'doctor');
    const line = doctor.stdout.split('Backend')[0]?.replaceAll(/\s+/g, ' ');
    expect(line).toContain(`bbits ${packageVersion()}, `);
    expect(line).toMatch(kind === 'local' ? /\(npm install bbits\)/ : /\(npm install --global/);
  }
  // The command installed by npm.
  const command = join(folder, 'prefix/bin/bbits');
  const told = execFileSync(command, ['-V', '--json'], {
    env: { ...env, PATH: process.env['PATH'] },
  });
  expect((JSON.parse(told.toString()) as Report).installation).toBe('global');
  const byNpx = npm(folder, 'exec', `--package=${tarball}`, '--', 'bbits', '--json', '--version');
  expect((JSON.parse(byNpx) as Report).installation).toBe('npx');
  const clone = await bbits(['--version', '--json'], env);
  expect((JSON.parse(clone.stdout) as Report).installation).toBe('clone');
});

test('--version --json names the installed build, and --version alone stays one line', async () => {
  const machine = await fakeMachine();
  await bbits(['backend', 'install', '--cpu', '--tensorflow', tensorflow], machine.env);
  const { stdout } = await bbits(['--version', '--json'], machine.env);
  expect(JSON.parse(stdout)).toMatchObject({ backend: 'native-cpu', tensorflow });
  expect((await bbits(['--version'], machine.env)).stdout).toBe(`${packageVersion()}\n`);
});

test('uninstalling leaves nothing but the cache, which `backend remove` deletes', async () => {
  const { folder, tarball, home, npm } = await pack();
  const { PATH = '', NODE_OPTIONS = '' } = (await fakeMachine()).env;
  const env = { PATH, NODE_OPTIONS, HOME: home };
  npm(folder, 'install', '--global', tarball);
  const program = join(folder, 'prefix/lib/node_modules/bbits/bin/bbits.js');
  const run = (...args: string[]) => startNode([program, ...args], env, home).ended;
  const installed = await run('backend', 'install', '--cpu', '--tensorflow', tensorflow);
  expect(installed).toMatchObject({ code: 0 });
  // The reports' cache of runs.
  await mkdir(join(home, '.cache/bbits/reports'));
  await writeFile(join(home, '.cache/bbits/reports/0123456789abcdef.jsonl'), 'of 12 bytes.');
  expect(await readdir(home)).toEqual(['.cache']);
  expect(await readdir(join(home, '.cache'))).toEqual(['bbits']);

  const cuda = await run('backend', 'remove', '--cuda');
  expect(cuda.stdout).toBe('Nothing to delete.\n');
  const removed = await run('backend', 'remove');
  expect(removed.stdout).toMatch(
    /^Deleted \S+\/native\/2.20.0-cpu-\S+ \([\d.]+ [kM]B\)\nDeleted \S+\/bbits\/reports \(12 B\)\nFreed [\d.]+ [kM]B.\n$/,
  );
  npm(folder, 'uninstall', '--global', 'bbits');
  expect(await readdir(join(home, '.cache'))).toEqual([]);
  expect(await readdir(join(folder, 'prefix'), { recursive: true })).toEqual(
    expect.not.arrayContaining([expect.stringContaining('bbits')]),
  );
});
