import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bindingArguments } from '../../../src/backend/install/addons.js';
import { findCompiler, zigCompiler } from '../../../src/backend/install/compiler.js';
import { findPip, requirePip } from '../../../src/backend/install/pip.js';
import { supportedPlatform } from '../../../src/backend/install/platform.js';
import { zig } from '../../../src/backend/install/recipe.js';
import { temporaryFolder, userError } from '../../helpers/temporary-folder.js';

/** A PATH of commands with these JavaScript bodies. */
async function pathWith(commands: Record<string, string>): Promise<NodeJS.ProcessEnv> {
  const folder = await temporaryFolder();
  for (const [name, body] of Object.entries(commands)) {
    await writeFile(join(folder, name), `#!${process.execPath}\n${body}`);
    await chmod(join(folder, name), 0o755);
  }
  return { PATH: folder };
}

const answers = (text: string) => `console.log(${JSON.stringify(text)})`;
const fails = 'process.exit(1)';

describe('pip', () => {
  const good = answers('pip 24.0 from /x (python 3.12)');
  const old = answers('pip 9.0.1 from /x (python 2.7)');

  const found: [string, Record<string, string>, string][] = [
    ['python3', { python3: good, python: old }, 'python3 -m pip'],
    ['python, where python3 has none', { python3: fails, python: good }, 'python -m pip'],
    ['pip3, where the others are too old', { python3: old, pip3: good }, 'pip3'],
  ];
  test.each(found)('is %s', async (_name, commands, call) => {
    const pip = await findPip(await pathWith(commands));
    expect([pip?.command, ...(pip?.args ?? [])].join(' ')).toBe(call);
    expect(pip).toMatchObject({ version: 'pip 24.0 from /x (python 3.12)', tooOld: false });
  });

  test('if too old, is an error with the command to update it', async () => {
    const env = await pathWith({ python: old });
    expect(await findPip(env)).toMatchObject({ tooOld: true });
    expect(await userError(requirePip(env))).toBe(
      'pip is too old: found pip 9.0.1 from /x (python 2.7); expected 20.3.4 or newer. ' +
        'Update it with: python -m pip install --upgrade pip',
    );
  });

  test('may be absent', async () => {
    const env = await pathWith({ python3: fails });
    expect(await findPip(env)).toBeUndefined();
    expect(await userError(requirePip(env))).toMatch(/no pip was found \(tried python3 -m pip, /);
  });
});

describe('the compiler', () => {
  test('is the first of c++, g++ and clang++ that works', async () => {
    const env = await pathWith({ 'c++': fails, 'g++': answers('g++ 12\nmore'), 'clang++': fails });
    expect(await findCompiler(env)).toEqual({
      ...{ command: 'g++', args: [], name: 'g++ 12', linkArguments: [] },
    });
  });

  test('must support C++17 and have its headers', async () => {
    const bare = 'process.exit(process.argv.includes("-fsyntax-only") ? 1 : 0)';
    expect(await findCompiler(await pathWith({ 'c++': bare }))).toBeUndefined();
  });

  test('may be named in CXX, with arguments', async () => {
    const env = await pathWith({ 'c++': answers('c++'), ccache: answers('ccache g++') });
    const compiler = await findCompiler({ ...env, CXX: ' ccache  g++ ' });
    expect(compiler).toMatchObject({ command: 'ccache', args: ['g++'] });
    expect(await findCompiler({ ...env, CXX: '' })).toMatchObject({ command: 'c++' });
  });

  test('named by CXX must work, since no other replaces it', async () => {
    const env = await pathWith({ 'c++': answers('c++'), bad: fails });
    for (const wanted of ['absent', 'bad']) {
      expect(await userError(findCompiler({ ...env, CXX: wanted }))).toMatch(
        new RegExp(`CXX, ${wanted}, does not run, .* Correct CXX or unset it.`),
      );
    }
  });

  test('from PyPI that does not run is an error', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, zig.project));
    await writeFile(join(folder, zig.project, 'zig'), 'for another processor');
    expect(await userError(zigCompiler(folder, {}))).toMatch(/does not run .* Install g\+\+ or cl/);
  });
});

describe('the compiler’s arguments', () => {
  const compiler = { command: 'c++', args: ['--x'], name: 'c++', linkArguments: ['-Wl,--y'] };

  test('link against the build’s own libraries by relative paths, so that the build can be moved', () => {
    const platform = supportedPlatform('linux', 'x64');
    const line = bindingArguments(platform, compiler, '/build', '/tfjs-node').join(' ');
    expect(line).toMatch(/^--x -O2 -std=c\+\+17 -shared -fPIC -DNAPI_VERSION=8 -I /);
    expect(line).toContain('/tfjs-node/binding/tfjs_binding.cc');
    expect(line).toContain('/build/tensorflow/libtensorflow_cc.so.2');
    expect(line).toContain('-Wl,-rpath,$ORIGIN/../tensorflow');
    expect(line).toMatch(/-Wl,--y -o \/build\/lib\/tfjs_binding.node$/);
  });

  test('leave the Node-API symbols to the program on macOS', () => {
    const platform = supportedPlatform('darwin', 'arm64');
    const line = bindingArguments(platform, compiler, '/build', '/tfjs-node').join(' ');
    expect(line).toContain('/build/tensorflow/libtensorflow_cc.2.dylib');
    expect(line).toContain('-Wl,-rpath,@loader_path/../tensorflow -Wl,-undefined,dynamic_lookup');
  });
});
