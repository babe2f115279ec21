import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { UserError } from '../errors.js';
import { lastLines, run, tryRun } from './child.js';
import { bindingFile, zig, type Platform } from './recipe.js';

const require = createRequire(import.meta.url);

export interface Compiler {
  command: string;
  args: string[];
  /** First line of its `--version`. */
  name: string;
  /** Arguments that only this compiler's linker needs. */
  linkArguments: string[];
}

/**
 * The C++ compiler of this machine: `$CXX` if it is set, else the first that works of c++, g++ and
 * clang++. Undefined where there is none.
 *
 * @throws UserError where `$CXX` is set and does not work.
 */
export async function findCompiler(
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<Compiler | undefined> {
  const chosen = env['CXX']?.trim();
  if (chosen !== undefined && chosen !== '') {
    const [command = '', ...args] = chosen.split(/\s+/); // As make has it: `ccache g++`.
    const compiler = await probe(command, args, env, signal);
    if (compiler !== undefined) return compiler;
    throw new UserError(
      `The C++ compiler that the environment variable CXX names, ${chosen}, does not run. Correct CXX or unset it.`,
    );
  }
  for (const command of ['c++', 'g++', 'clang++']) {
    const compiler = await probe(command, [], env, signal);
    if (compiler !== undefined) return compiler;
  }
  return undefined;
}

/** The compiler in a folder where pip put PyPI's `ziglang`. */
export async function zigCompiler(
  folder: string,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<Compiler> {
  const command = join(folder, zig.project, 'zig');
  const found = await tryRun(command, ['version'], { env, signal });
  if (found?.code !== 0) {
    throw new UserError(
      `PyPI's C++ compiler (${zig.project}) does not run on this machine. Install g++ or clang++ with your system's package manager.`,
    );
  }
  return {
    command,
    args: ['c++'],
    name: `zig ${found.stdout.trim()}`,
    linkArguments: zig.linkArguments,
  };
}

/** Being there is not enough: on a bare macOS, c++ is a stub that offers a download and fails. */
async function probe(
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<Compiler | undefined> {
  const result = await tryRun(command, [...args, '--version'], { env, signal });
  if (result?.code !== 0) return undefined;
  const name = result.stdout.trim().split('\n')[0] ?? command;
  return { command, args, name, linkArguments: [] };
}

/** Folder and version of the npm package whose C++ source and JavaScript are used. */
export function tfjsNode(): { folder: string; version: string } {
  const path = require.resolve('@tensorflow/tfjs-node-gpu/package.json');
  const { version } = require(path) as { version: string };
  return { folder: dirname(path), version };
}

/**
 * Arguments that compile the binding in a build's folder.
 *
 * @param build Holds `tensorflow/` with the libraries and `include/`; the binding goes to `lib/`.
 */
export function compileArguments(platform: Platform, compiler: Compiler, build: string): string[] {
  const source = join(tfjsNode().folder, 'binding');
  const { include_dir: nodeApi } = require('node-api-headers') as { include_dir: string };
  return [
    ...compiler.args,
    ...['-O2', '-std=c++17', '-shared', '-fPIC', '-DNAPI_VERSION=8'],
    ...['-I', nodeApi, '-I', join(build, 'tensorflow', 'include')],
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(source, file)),
    ...platform.libraries.map((library) => join(build, 'tensorflow', library)),
    ...platform.linkArguments,
    ...compiler.linkArguments,
    ...['-o', join(build, bindingFile)],
  ];
}

/** Compiles the binding into a build's folder. Throws UserError with the compiler's last lines. */
export async function compileBinding(
  platform: Platform,
  compiler: Compiler,
  build: string,
  options: { env: NodeJS.ProcessEnv; signal?: AbortSignal | undefined },
): Promise<void> {
  await mkdir(dirname(join(build, bindingFile)), { recursive: true });
  const result = await run(compiler.command, compileArguments(platform, compiler, build), options);
  if (result.code === 0) return;
  throw new UserError(
    `The C++ compiler ${compiler.command} (${compiler.name}) could not build TensorFlow's binding (exit code ${result.code ?? 'none: killed'}). Its last lines:\n` +
      `${lastLines(result.stderr)}\n` +
      'It must know C++17. Name another compiler in the environment variable CXX.',
  );
}
