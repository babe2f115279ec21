import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../errors.js';
import { howEnded, lastLines, run } from '../../commands/child.js';
import type { Compiler } from './compiler.js';
import { quietSource } from './quiet.js';
import { bindingFile, quietFile, type Platform } from './recipe.js';

const require = createRequire(import.meta.url);

/**
 * Compiler arguments for an addon in a build; the addon finds TensorFlow's libraries relative to its own
 * folder.
 *
 * @param output the addon's path, in `lib/` of a build
 * @param special arguments for this addon only
 */
function addonArguments(
  platform: Platform,
  compiler: Compiler,
  output: string,
  special: string[],
): string[] {
  return [
    ...compiler.args,
    ...['-O2', '-std=c++17', '-shared', '-fPIC'],
    ...special,
    ...platform.linkArguments,
    ...compiler.linkArguments,
    ...['-o', output],
  ];
}

/**
 * Compiler arguments for the binding, whose source comes with tfjs-node's package.
 *
 * @param build the folder with `tensorflow/` (the libraries) and `include/`
 * @param tfjsNode the package's folder
 */
export function bindingArguments(
  platform: Platform,
  compiler: Compiler,
  build: string,
  tfjsNode: string,
): string[] {
  const source = join(tfjsNode, 'binding');
  const { include_dir: nodeApi } = require('node-api-headers') as { include_dir: string };
  return addonArguments(platform, compiler, join(build, bindingFile), [
    '-DNAPI_VERSION=8',
    ...['-I', nodeApi, '-I', join(build, 'tensorflow', 'include')],
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(source, file)),
    ...librariesIn(platform, build),
  ]);
}

/**
 * Compiler arguments for bbits' own kernels. Fused multiply-add is off: it rounds differently, and results
 * must be the same on every CPU. Square roots do not set errno: setting it would prevent vectorization of
 * Adam's loop (measured: ten times slower).
 *
 * @param build the folder with TensorFlow's libraries
 * @param output the addon's path, in `lib/` of the build or later moved there
 */
function kernelsArguments(
  platform: Platform,
  compiler: Compiler,
  build: string,
  output: string,
): string[] {
  return addonArguments(platform, compiler, output, [
    ...['-O3', '-ffp-contract=off', '-fno-math-errno'],
    fileURLToPath(new URL('../../kernels/native/kernels.cc', import.meta.url)),
    ...librariesIn(platform, build),
  ]);
}

function librariesIn(platform: Platform, build: string): string[] {
  return platform.libraries.map((library) => join(build, 'tensorflow', library));
}

/**
 * Compile bbits' own kernels against a build's libraries.
 *
 * @param staging folder for the compiler's temporary files and caches
 * @throws UserError with the compiler's last lines
 */
export async function buildKernels(
  platform: Platform,
  compiler: Compiler,
  build: string,
  output: string,
  staging: string,
  options: CommandOptions,
): Promise<void> {
  const args = kernelsArguments(platform, compiler, build, output);
  const result = await compile(compiler, args, staging, options);
  if (result.code === 0) return;
  throw new UserError(
    `The C++ compiler ${compiler.command} (${compiler.name}) could not build bbits' own kernels (${howEnded(result)}). Its last lines:\n${lastLines(result.stderr)}`,
  );
}

interface CommandOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

function compile(compiler: Compiler, args: string[], staging: string, options: CommandOptions) {
  const env = {
    ...options.env,
    TMPDIR: staging,
    ZIG_GLOBAL_CACHE_DIR: staging,
    ZIG_LOCAL_CACHE_DIR: staging,
  };
  return run(compiler.command, args, { ...options, env });
}

/**
 * Compile two addons into a build's folder: the binding, and the addon that loads TensorFlow quietly.
 *
 * @param tfjsNode folder of tfjs-node's package, which contains the binding's source
 * @param staging folder for the compiler's temporary files and caches
 * @throws UserError with the compiler's last lines
 */
export async function buildAddons(
  platform: Platform,
  compiler: Compiler,
  build: string,
  tfjsNode: string,
  staging: string,
  options: CommandOptions,
): Promise<void> {
  const source = join(staging, 'quiet.cc');
  await writeFile(source, quietSource);
  const quiet = addonArguments(platform, compiler, join(build, quietFile), [
    `-DLIBRARY="${platform.loadName}"`,
    source,
  ]);
  await mkdir(dirname(join(build, bindingFile)), { recursive: true });
  for (const args of [bindingArguments(platform, compiler, build, tfjsNode), quiet]) {
    const result = await compile(compiler, args, staging, options);
    if (result.code === 0) continue;
    throw new UserError(
      `The C++ compiler ${compiler.command} (${compiler.name}) could not build TensorFlow's binding (${howEnded(result)}). Its last lines:\n` +
        `${lastLines(result.stderr)}\n` +
        'Set the environment variable CXX to another compiler.',
    );
  }
}
