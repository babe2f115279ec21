import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { create } from 'tar';
import { expect, test } from 'vitest';
import type { Machine } from '../../../src/backend/install/machine.js';
import { remove } from '../../../src/backend/install/remove.js';
import { findOnnxruntime, installOnnxruntime } from '../../../src/backend/onnxruntime/install.js';
import { loadOnnxruntime } from '../../../src/backend/onnxruntime/load.js';
import { recipe, version, type Part } from '../../../src/backend/onnxruntime/recipe.js';
import { temporaryFolder, userError } from '../../helpers/temporary-folder.js';

const platform = 'linux-x64';
const library = 'bin/napi-v6/linux/x64';

/** Files of both packages: some to keep, others for another platform or for npm's installation. */
const contents: Record<string, Record<string, string>> = {
  'onnxruntime-node': {
    'package.json': '{ "main": "dist/index.js" }',
    'dist/index.js': 'module.exports = { ...require("onnxruntime-common"), InferenceSession: 1 };',
    'dist/index.js.map': '{}',
    'script/install.js': 'throw new Error("not to be run")',
    [`${library}/onnxruntime_binding.node`]: 'binding',
    [`${library}/libonnxruntime.so.1`]: 'library',
    'bin/napi-v6/win32/x64/onnxruntime.dll': 'another platform’s',
  },
  'onnxruntime-common': {
    'package.json': '{ "exports": "./dist/cjs/index.js" }',
    'dist/cjs/index.js': 'exports.Tensor = 1;',
    'dist/esm/index.js': 'export const Tensor = 1;',
  },
};

interface Npm extends Machine {
  readonly packages: Part[];
  /** How often npm was called. */
  readonly calls: () => Promise<number>;
}

/** A machine on which npm is a script that copies the small packages. */
async function machineWithNpm(script = 'cp "$HERE"/*.tgz "$destination"'): Promise<Npm> {
  const folder = await temporaryFolder();
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const packages: Part[] = [];
  for (const published of recipe(platform)) {
    const root = join(folder, published.name);
    for (const [name, text] of Object.entries(contents[published.name] ?? {})) {
      const path = join(root, 'package', name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
    const archive = join(folder, `${published.name}-${version}.tgz`);
    await create({ gzip: true, file: archive, cwd: root }, ['package']);
    const hash = createHash('sha512').update(await readFile(archive));
    packages.push({ ...published, integrity: `sha512-${hash.digest('base64')}`, size: 1000 });
  }
  const log = join(folder, 'log');
  await writeFile(log, '');
  await writeFile(
    join(bin, 'npm'),
    `#!/bin/sh\nHERE='${folder}'\necho "$@" >> '${log}'\n` +
      'for each; do case "$each" in --pack-destination=*) destination="${each#*=}";; esac; done\n' +
      `${script}\n`,
  );
  await chmod(join(bin, 'npm'), 0o755);
  return {
    root: join(folder, 'cache'),
    env: { PATH: `${bin}:/bin:/usr/bin` },
    hasGpu: false,
    packages,
    calls: async () => (await readFile(log, 'utf8')).split('\n').length - 1,
  };
}

const { signal } = new AbortController();

function installOn({ packages, ...machine }: Npm, told: string[] = [], kind = platform) {
  const reporter = { stage: (text: string) => told.push(text), progress: () => undefined };
  return installOnnxruntime({ machine, reporter, signal, platform: kind, packages });
}

test('this platform’s files are kept in a folder of the cache, and load', async () => {
  const machine = await machineWithNpm();
  const told: string[] = [];
  const folder = await installOn(machine, told);
  expect(told[0]).toContain(`Downloading onnxruntime ${version} from npm, 2.00 kB`);
  expect(await readdir(machine.root)).toEqual([`onnxruntime-${version}-${platform}`]);
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const kept = files.filter((entry) => entry.isFile());
  expect(
    kept.map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1)).sort(),
  ).toEqual([
    'manifest.json',
    'node_modules/onnxruntime-common/dist/cjs/index.js',
    'node_modules/onnxruntime-common/package.json',
    `node_modules/onnxruntime-node/${library}/libonnxruntime.so.1`,
    `node_modules/onnxruntime-node/${library}/onnxruntime_binding.node`,
    'node_modules/onnxruntime-node/dist/index.js',
    'node_modules/onnxruntime-node/package.json',
  ]);
  expect(loadOnnxruntime(folder)).toEqual({ Tensor: 1, InferenceSession: 1 });
  expect(await installOn(machine)).toBe(folder);
  expect(await machine.calls()).toBe(1);
});

test('a damaged installation is downloaded again', async () => {
  const machine = await machineWithNpm();
  const folder = await installOn(machine);
  await rm(join(folder, 'node_modules/onnxruntime-node/dist/index.js'));
  await installOn(machine);
  expect(await machine.calls()).toBe(2);
  expect(loadOnnxruntime(folder)).toEqual({ Tensor: 1, InferenceSession: 1 });
});

test('the doctor checks every file, and bbits backend remove deletes them', async () => {
  const machine = await machineWithNpm();
  expect(await findOnnxruntime(machine.root, signal)).toBeUndefined();
  const here = `${process.platform}-${process.arch}`;
  const folder = await installOn(machine, [], here);
  expect(await findOnnxruntime(machine.root, signal)).toMatchObject({
    ...{ folder, version, damage: [] },
    size: expect.any(Number) as number,
  });
  const changed = join(folder, 'node_modules/onnxruntime-common/dist/cjs/index.js');
  await writeFile(changed, 'exports.Tensor = 2;');
  const { damage } = (await findOnnxruntime(machine.root, signal)) ?? {};
  expect(damage).toEqual([expect.stringContaining(`${changed} has sha256`)]);

  const removed = await remove({}, { root: machine.root, waiting: () => undefined });
  expect(removed.map((each) => each.folder)).toEqual([folder]);
  expect(await readdir(machine.root)).toEqual([]);
});

test('an archive other than the published one is not unpacked', async () => {
  const machine = await machineWithNpm();
  const [first, second] = machine.packages as [Part, Part];
  const published = recipe(platform)[1]?.integrity ?? '';
  const packages = [first, { ...second, integrity: published }];
  expect(await userError(installOn({ ...machine, packages }))).toContain(
    `onnxruntime-common ${version} from npm: expected an archive with the integrity ${published}, found ${second.integrity}`,
  );
  expect(await readdir(machine.root)).toEqual([]);
});

test.each([
  [
    'fails',
    'echo "npm error code ENOTFOUND" >&2; exit 1',
    /exit code 1. Its last lines:\n {2}npm error code ENOTFOUND/,
  ],
  ['is absent', undefined, /npm could not download onnxruntime-node@.*ENOENT/],
])('if npm %s, the error quotes it, and nothing is left behind', async (_, script, expected) => {
  const machine = await machineWithNpm(script);
  const env = script === undefined ? { PATH: machine.root } : machine.env;
  const message = await userError(installOn({ ...machine, env }));
  expect(message).toMatch(expected);
  expect(message).toContain('The export is complete; only its check is missing.');
  expect(await readdir(machine.root)).toEqual([]);
});

test('an error for an unsupported platform lists the supported ones', async () => {
  const machine = await machineWithNpm();
  expect(await userError(installOn(machine, [], 'sunos-x64'))).toContain(
    'found the platform sunos-x64, expected one for which bbits installs onnxruntime: linux-x64, linux-arm64, darwin-arm64',
  );
});

test('the published packages have the same version, and their files are selected by platform', () => {
  for (const kind of ['linux-x64', 'linux-arm64', 'darwin-arm64']) {
    const [node] = recipe(kind);
    expect(
      node?.wanted.test(`bin/napi-v6/${kind.replace('-', '/')}/onnxruntime_binding.node`),
    ).toBe(true);
    expect(node?.wanted.test('bin/napi-v6/win32/x64/onnxruntime.dll')).toBe(false);
    expect(node?.wanted.test('script/install.js')).toBe(false);
  }
});
