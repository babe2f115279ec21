import { join } from 'node:path';
import { UserError } from '../../errors.js';
import { run, tryRun } from '../../commands/child.js';
import { zig } from './recipe.js';

export interface Compiler {
  readonly command: string;
  readonly args: string[];
  /** First line of the output of `--version`. */
  readonly name: string;
  /** Arguments specific to this compiler's linker. */
  readonly linkArguments: string[];
}

/**
 * Find a C++ compiler: `$CXX` if set, else the first of c++, g++ and clang++ that works, else undefined.
 *
 * @throws UserError if `$CXX` is set and does not work
 */
export async function findCompiler(
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<Compiler | undefined> {
  const chosen = env['CXX']?.trim();
  if (chosen !== undefined && chosen !== '') {
    const [command = '', ...args] = chosen.split(/\s+/); // `$CXX` may contain arguments: `ccache g++`.
    const compiler = await probe(command, args, env, signal);
    if (compiler !== undefined) return compiler;
    throw new UserError(
      `The C++ compiler in the environment variable CXX, ${chosen}, does not run, or lacks C++17 or its headers. Correct CXX or unset it.`,
    );
  }
  for (const command of ['c++', 'g++', 'clang++']) {
    const compiler = await probe(command, [], env, signal);
    if (compiler !== undefined) return compiler;
  }
  return undefined;
}

/**
 * Check that a compiler works by letting it parse a header: on a bare macOS, c++ is a stub that fails, and on
 * some Linux machines clang++ lacks headers.
 */
async function probe(
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<Compiler | undefined> {
  const trial = [
    '-std=c++17',
    '-fsyntax-only',
    '-include',
    'string_view',
    '-x',
    'c++',
    '/dev/null',
  ];
  const result = await tryRun(command, [...args, ...trial], { env, signal });
  if (result?.code !== 0) return undefined;
  const version = await run(command, [...args, '--version'], { env, signal });
  const name = version.stdout.trim().split('\n')[0] ?? command;
  return { command, args, name, linkArguments: [] };
}

/** The compiler in the folder of the unpacked `ziglang` wheel. */
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
