import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { examine } from '../../../src/backend/doctor/doctor.js';
import { install } from '../../../src/backend/install/install.js';
import { findDamage } from '../../../src/backend/install/manifest.js';
import { tfjsNodeIn } from '../../../src/backend/tfjs-node/load.js';
import { hasScripts, requireScripts } from '../../../src/backend/tfjs-node/has-scripts.js';
import { userError } from '../../helpers/temporary-folder.js';
import { olderBuild } from './older-build.js';
import { tfjsNodeArchive } from './fake-commands.js';
import { cached, fakeMachine, recorder } from './fake-machine.js';
import { version } from './fake-wheels.js';

const options = { tensorflow: version, cuda: false };
const kernel = 'node_modules/@tensorflow/tfjs-node-gpu/dist/kernels/Conv2D.js';

test('npm packs tfjs-node without scripts, and the build keeps only its JavaScript', async () => {
  const machine = await fakeMachine();
  const { build } = await install(options, recorder(), machine);
  const [command = ''] = await machine.npmCommands();
  expect(command).toMatch(/^npm pack @tensorflow\/tfjs-node-gpu@4\.22\.0 .*--ignore-scripts/);
  const paths = build.manifest.files.map(({ path }) => path);
  expect(paths).toContain(kernel);
  expect(paths.filter((path) => /\.(cc|h|ts)$|_test|scripts\//.test(path))).toEqual([]);
  expect(await findDamage(build.folder, build.manifest, true)).toEqual([]);
});

test('--binding provides tfjs-node without npm', async () => {
  const machine = await fakeMachine({ npm: 'absent' });
  const { build } = await install({ ...options, binding: tfjsNodeArchive }, recorder(), machine);
  expect(hasScripts(build)).toBe(true);
});

test('an archive other than the published one is refused before any download', async () => {
  const machine = await fakeMachine();
  const other = join(machine.folder, 'other.tgz');
  await writeFile(other, (await readFile(tfjsNodeArchive)).subarray(1));
  const work = install({ ...options, binding: other }, recorder(), machine);
  expect(await userError(work)).toMatch(
    /--binding: .*expected an archive with the integrity sha512-p\//,
  );
  expect(await machine.downloads()).toEqual([]);
  expect(await cached(machine)).toEqual([]);
});

test('if npm cannot download tfjs-node, the error says how to do it by hand', async () => {
  const machine = await fakeMachine({ npm: 'fail' });
  const message = await userError(install(options, recorder(), machine));
  expect(message).toMatch(/npm could not download @tensorflow\/tfjs-node-gpu@4.22.0: exit code 1/);
  expect(message).toMatch(/npm pack @tensorflow\/tfjs-node-gpu@4.22.0 .*--binding/);
  expect(await machine.downloads()).toEqual([]);
});

test('a build of an earlier bbits is reported to lack tfjs-node, and gets it without downloading TensorFlow', async () => {
  const { machine, build } = await olderBuild(options);
  const advice =
    /earlier version of bbits, and lacks @tensorflow\/tfjs-node-gpu.*: bbits backend install --tensorflow 2.20.0 --cpu$/;
  expect(await userError(() => requireScripts(build))).toMatch(advice);
  const named = await examine('native-cpu', { machine });
  expect(named.problems).toEqual([expect.stringMatching(advice)]);
  const auto = await examine('auto', { machine });
  expect(auto).toMatchObject({ problems: [], backend: { name: 'wasm' } });
  expect(auto.notes).toContainEqual(expect.stringMatching(advice));
  const before = await machine.downloads();
  const reporter = recorder();
  const added = await install(options, reporter, machine);
  expect(added.changed).toBe(true);
  expect(reporter.stages.join()).toMatch(/Adding .*tfjs-node-gpu 4.22.0 from npm, 223 kB/);
  expect(await machine.downloads()).toEqual(before);
  expect(await findDamage(build.folder, added.build.manifest, true)).toEqual([]);
  expect((await examine('auto', { machine })).backend?.name).toBe('native-cpu');
});

test('tfjs-node’s kernels are registered in the program’s own tfjs-core', async () => {
  const machine = await fakeMachine();
  const { build } = await install(options, recorder(), machine);
  tfjsNodeIn(build.folder)('dist/register_all_kernels.js');
  const tf = await import('@tensorflow/tfjs-core');
  expect(tf.getKernelsForBackend('tensorflow').length).toBeGreaterThan(100);
  expect(existsSync(join(build.folder, 'node_modules/@tensorflow/tfjs-core/dist'))).toBe(false);
  const { createRequire } = await import('node:module');
  const loaded = Object.keys(createRequire(import.meta.url).cache);
  const cores = loaded.filter((path) => path.endsWith('tf-core.node.js'));
  expect(cores).toHaveLength(1);
});
