import { appendFile, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bindingPath } from '../../../src/backend/install/cache.js';
import { describeBuild, install } from '../../../src/backend/install/install.js';
import { findDamage } from '../../../src/backend/install/manifest.js';
import { supportedPlatform } from '../../../src/backend/install/platform.js';
import { cached, fakeMachine, recorder } from './fake-machine.js';
import { version, wheelName } from './fake-wheels.js';

const options = { tensorflow: version, cuda: false };
const { id, projects } = supportedPlatform();
const buildFolder = `${version}-cpu-${id}`;

describe('a fresh installation', () => {
  test('downloads, unpacks the needed files, compiles, tests and lists every file in the manifest', async () => {
    const machine = await fakeMachine();
    const reporter = recorder();
    const { build, changed, test: loaded } = await install(options, reporter, machine);

    expect(changed).toBe(true);
    expect(loaded).toEqual({ version, usesGpu: false, gpuLog: [] });
    expect(await cached(machine)).toEqual([buildFolder]);
    expect(build.manifest).toMatchObject({ tensorflow: version, variant: 'cpu' });
    expect(build.manifest.compiler).toBe('fake c++ 1.0');
    expect(build.manifest.wheels.map(({ name }) => name)).toEqual([wheelName()]);
    const files = build.manifest.files.map(({ path }) => path);
    expect(files).toContain('lib/tfjs_binding.node');
    expect(files.filter((path) => /__init__|RECORD|include/.test(path))).toEqual([]);
    const onDisk = await readdir(build.folder, { recursive: true });
    expect(onDisk.filter((path) => /__init__|RECORD|include/.test(path))).toEqual([]);
    expect(await findDamage(build.folder, build.manifest, true)).toEqual([]);
    expect(JSON.parse(await readFile(join(build.folder, 'manifest.json'), 'utf8'))).toEqual(
      build.manifest,
    );
    expect(describeBuild(build)).toContain(`TensorFlow ${version} for the CPU`);
  });

  test('announces each download and reports its progress', async () => {
    const machine = await fakeMachine({ pip: 'slow' });
    const reporter = recorder();
    await install(options, reporter, machine);
    expect(reporter.stages.map((stage) => stage.split(/[: ]/)[0])).toEqual([
      ...['TensorFlow', 'The', 'Downloading', 'Unpacking', 'Compiling', 'Testing'],
    ]);
    expect(reporter.stages.slice(0, 2).join(' ')).toMatch(
      /will be downloaded from PyPI: about \d+ MB.* The installation will take about \d+ MB in /,
    );
    expect(reporter.progressed.length).toBeGreaterThan(3);
    expect(Math.max(...reporter.progressed)).toBe(1);
  });

  test('asks pip for this platform’s wheel, whatever Python runs it', async () => {
    const machine = await fakeMachine();
    await install(options, recorder(), machine);
    const [pip, compiler] = await machine.commands();
    expect(pip).toMatch(/^pip download --no-deps --only-binary=:all: --no-cache-dir/);
    expect(pip).toContain('--python-version=3.11');
    expect(pip).toContain(`--platform=${supportedPlatform().pipPlatforms.join(' --platform=')}`);
    expect(pip).toMatch(new RegExp(`${projects.cpu}==${version}$`));
    expect(compiler).toContain('-std=c++17 -shared -fPIC');
  });

  test('uses a compiler from PyPI where there is none, and does not keep it', async () => {
    const machine = await fakeMachine({ compiler: false, zig: true });
    const reporter = recorder();
    const { build } = await install(options, reporter, machine);
    expect(build.manifest.compiler).toBe('zig 0.17.1');
    expect(reporter.stages[2]).toMatch(
      /^This machine has no C\+\+ compiler: one from PyPI \(101 MB\)/,
    );
    const commands = await machine.commands();
    expect(commands[1]).toMatch(/^pip download .*ziglang==0.17.1$/);
    expect(commands[2]).toMatch(/^c\+\+ c\+\+ .*--allow-shlib-undefined/);
    expect(await cached(machine)).toEqual([buildFolder]);
  });

  test('keeps an installed build, and says so', async () => {
    const machine = await fakeMachine();
    const first = await install(options, recorder(), machine);
    const reporter = recorder();
    const again = await install(options, reporter, machine);
    expect(again).toEqual({ build: first.build, changed: false });
    expect(reporter.stages).toEqual([]);
    expect(await machine.downloads()).toHaveLength(1);
  });

  test('accepts any installed version unless one is requested', async () => {
    const machine = await fakeMachine();
    await install(options, recorder(), machine);
    expect(await install({}, recorder(), machine)).toMatchObject({ changed: false });
  });

  test('downloads once if two run at once in one process', async () => {
    const machine = await fakeMachine({ pip: 'slow' });
    const reporters = [recorder(), recorder()];
    const results = await Promise.all(
      reporters.map((reporter) => install(options, reporter, machine)),
    );
    expect(results.map(({ changed }) => changed).sort()).toEqual([false, true]);
    expect(await machine.downloads()).toHaveLength(1);
    const said = reporters.flatMap(({ stages }) => stages);
    expect(said.filter((stage) => stage.startsWith('Waiting for'))).toHaveLength(1);
  });
});

describe('a damaged build', () => {
  test('with a truncated file is reinstalled', async () => {
    const machine = await fakeMachine();
    const { build } = await install(options, recorder(), machine);
    await truncate(bindingPath(build), 10);
    const reporter = recorder();
    expect(await install(options, reporter, machine)).toMatchObject({ changed: true });
    expect(reporter.stages[0]).toMatch(/damaged: .*tfjs_binding.node has 10 bytes; .* says \d+/);
    expect(await findDamage(build.folder, build.manifest, true)).toEqual([]);
    expect(await cached(machine)).toEqual([buildFolder]);
  });

  test('of the same size is replaced by --force', async () => {
    const machine = await fakeMachine();
    const { build } = await install(options, recorder(), machine);
    const library = join(build.folder, build.manifest.files[0]?.path ?? '');
    const content = await readFile(library);
    content.writeUInt8(content.readUInt8(0) ^ 1);
    await writeFile(library, content);
    expect(await install(options, recorder(), machine)).toMatchObject({ changed: false });
    expect(await install({ ...options, force: true }, recorder(), machine)).toMatchObject({
      changed: true,
    });
    expect(await findDamage(build.folder, build.manifest, true)).toEqual([]);
  });

  test('with an invalid manifest is replaced', async () => {
    const machine = await fakeMachine();
    const { build } = await install(options, recorder(), machine);
    await appendFile(join(build.folder, 'manifest.json'), '}');
    expect(await install(options, recorder(), machine)).toMatchObject({ changed: true });
    expect(await cached(machine)).toEqual([buildFolder]);
  });
});
