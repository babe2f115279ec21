import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { olderBuild } from '../../backend/install/older-build.js';
import { version } from '../../backend/install/fake-wheels.js';
import { project } from '../../helpers/project.js';
import { bbits } from '../../helpers/run-bbits.js';

test('with a build of an earlier bbits and without npm, training and export use WebAssembly', async () => {
  const { machine } = await olderBuild({ tensorflow: version, cuda: false });
  await rm(join(machine.folder, 'bin', 'npm'));
  const { at } = await project('');
  const run = (...args: string[]) => bbits(args, machine.env, at());

  const installed = await run('backend', 'install', '--cpu', '--or-wasm');
  expect(installed).toMatchObject({ code: 0, stdout: '' });
  expect(installed.stderr).toMatch(/^No native TensorFlow: npm could not download .* WebAssembly/m);
  const trained = await run('train', 'small.yaml', 'backend=auto', '--out', 'run');
  expect(trained.stderr).toMatch(
    /uses WebAssembly.*earlier version of bbits, and lacks.*: bbits backend install --tensorflow 2.20.0 --cpu$/m,
  );
  expect(trained.code).toBe(0);
  expect(await run('export', 'run')).toMatchObject({ code: 0 });
  expect(JSON.parse((await run('--version', '--json')).stdout)).toMatchObject({ backend: 'wasm' });

  const named = await run('train', 'small.yaml', 'backend=native-cpu', '--out', 'native');
  expect(named.code).toBe(1);
  expect(named.stderr).toMatch(/was installed by an earlier version of bbits/);
});
