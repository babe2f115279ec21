import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { UserError } from '../../errors.js';
import { lastLines, run } from './child.js';
import type { Compiler } from './compiler.js';
import { quietSource } from './quiet.js';
import { bindingFile, quietFile, type Platform } from './recipe.js';

const require = createRequire(import.meta.url);

/** Folder and version of the npm package whose C++ source and JavaScript are used. */
export function tfjsNode(): { folder: string; version: string } {
  const path = require.resolve('@tensorflow/tfjs-node-gpu/package.json');
  const { version } = require(path) as { version: string };
  return { folder: dirname(path), version };
}

/**
 * Arguments that compile an addon of a build, which finds TensorFlow's libraries from there.
 *
 * @param build Holds `tensorflow/` with the libraries and, for the binding, `include/`.
 * @param file The addon's path in the build.
 * @param special What only this addon needs.
 */
function addonArguments(
  platform: Platform,
  compiler: Compiler,
  build: string,
  file: string,
  special: string[],
): string[] {
  return [
    ...compiler.args,
    ...['-O2', '-std=c++17', '-shared', '-fPIC'],
    ...special,
    ...platform.linkArguments,
    ...compiler.linkArguments,
    ...['-o', join(build, file)],
  ];
}

/** Arguments that compile the binding: the source that the npm package brings. */
export function bindingArguments(platform: Platform, compiler: Compiler, build: string): string[] {
  const source = join(tfjsNode().folder, 'binding');
  const { include_dir: nodeApi } = require('node-api-headers') as { include_dir: string };
  return addonArguments(platform, compiler, build, bindingFile, [
    '-DNAPI_VERSION=8',
    ...['-I', nodeApi, '-I', join(build, 'tensorflow', 'include')],
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(source, file)),
    ...platform.libraries.map((library) => join(build, 'tensorflow', library)),
  ]);
}

/**
 * Builds the binding, and the addon that loads TensorFlow quietly, into a build's folder.
 *
 * @param staging For the compiler's temporary files and its caches.
 * @throws UserError with the compiler's last lines.
 */
export async function buildAddons(
  platform: Platform,
  compiler: Compiler,
  build: string,
  staging: string,
  options: { env: NodeJS.ProcessEnv; signal?: AbortSignal | undefined },
): Promise<void> {
  const source = join(staging, 'quiet.cc');
  await writeFile(source, quietSource);
  const quiet = addonArguments(platform, compiler, build, quietFile, [
    `-DLIBRARY="${platform.loadName}"`,
    source,
  ]);
  await mkdir(dirname(join(build, bindingFile)), { recursive: true });
  const env = {
    ...options.env,
    TMPDIR: staging,
    ZIG_GLOBAL_CACHE_DIR: staging,
    ZIG_LOCAL_CACHE_DIR: staging,
  };
  for (const args of [bindingArguments(platform, compiler, build), quiet]) {
    const result = await run(compiler.command, args, { ...options, env });
    if (result.code === 0) continue;
    throw new UserError(
      `The C++ compiler ${compiler.command} (${compiler.name}) could not build TensorFlow's binding (exit code ${result.code ?? 'none: killed'}). Its last lines:\n` +
        `${lastLines(result.stderr)}\n` +
        'Name another compiler in the environment variable CXX.',
    );
  }
}
