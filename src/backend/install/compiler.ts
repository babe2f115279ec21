import { join } from 'node:path';
import { UserError } from '../../errors.js';
import { run, tryRun } from '../../commands/child.js';
import { zig } from './recipe.js';

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
      `The C++ compiler that the environment variable CXX names, ${chosen}, does not run or does not know C++17 and its headers. Correct CXX or unset it.`,
    );
  }
  for (const command of ['c++', 'g++', 'clang++']) {
    const compiler = await probe(command, [], env, signal);
    if (compiler !== undefined) return compiler;
  }
  return undefined;
}

/**
 * Being there is not enough: on a bare macOS, c++ is a stub that fails, and on some Linux machines
 * clang++ has no headers. So it reads one.
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

/** The compiler in a folder into which the wheel of `ziglang` was unpacked. */
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
