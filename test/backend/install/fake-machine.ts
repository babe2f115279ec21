import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Machine } from '../../../src/backend/install/machine.js';
import type { Reporter } from '../../../src/backend/install/reporter.js';
import { compilerQuick, compilerScript, npmScript, pipQuick, pipScript } from './fake-commands.js';
import { wheelMembers, wheelName, zigWheel } from './fake-wheels.js';
import { temporaryFolder } from '../../helpers/temporary-folder.js';
import { makeZip } from './zip.js';

export interface FakeOptions {
  /** Whether there is a C++ compiler. Default: yes. */
  readonly compiler?: boolean;
  /** Whether pip can download a compiler. Default: no. */
  readonly zig?: boolean;
  /** Wheels that pip can download besides TensorFlow's for the CPU, by file name. */
  readonly wheels?: Record<string, Buffer>;
  /** What pip does: see `pipScript`. Default: `ok`. */
  readonly pip?:
    'ok' | 'slow' | 'stall' | 'deaf' | 'fail' | 'nothing' | 'truncated' | 'old' | 'absent';
  /** What npm does: copy the published tfjs-node archive, or fail. Default: `ok`. */
  readonly npm?: 'ok' | 'fail' | 'absent';
  readonly hasGpu?: boolean;
  readonly env?: Record<string, string>;
}

export interface FakeMachine extends Machine {
  readonly folder: string;
  /** The commands that were run: `pip download ...`, `c++ ...`. */
  readonly commands: () => Promise<string[]>;
  /** Only the commands of pip. */
  readonly downloads: () => Promise<string[]>;
  /** Only the commands of npm. */
  readonly npmCommands: () => Promise<string[]>;
  /** Change what pip does from now on. */
  readonly setPip: (mode: NonNullable<FakeOptions['pip']>) => Promise<void>;
}

/**
 * A machine with a cache folder of its own, on which pip and the compiler are small scripts: pip copies
 * wheels of a few bytes, and the compiler writes a binding in JavaScript, which Node loads through a hook.
 * The whole installer runs unchanged, without the network, in half a second.
 */
export async function fakeMachine(options: FakeOptions = {}): Promise<FakeMachine> {
  const folder = await temporaryFolder();
  const [bin, wheels, cache] = ['bin', 'wheels', 'cache'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const each of [bin, wheels, cache]) await mkdir(each);
  const log = join(folder, 'log');
  await writeFile(log, '');
  const files = { [wheelName()]: makeZip(wheelMembers()), ...options.wheels };
  if (options.zig === true) Object.assign(files, zigWheel(log));
  for (const [name, content] of Object.entries(files)) await writeFile(join(wheels, name), content);
  const setPip = (mode: string) => writeFile(join(folder, 'pip'), mode);
  await setPip(options.pip ?? 'ok');
  if (options.pip !== 'absent') await command(join(bin, 'python3'), pipQuick, pipScript(folder));
  if (options.compiler !== false)
    await command(join(bin, 'c++'), compilerQuick, compilerScript(log));
  const npmLog = join(folder, 'npm-log');
  await writeFile(npmLog, '');
  if (options.npm !== 'absent') {
    await writeFile(join(bin, 'npm'), npmScript(npmLog, options.npm === 'fail'), { mode: 0o755 });
  }
  const hook = join(folder, 'load-node-files-as-javascript.cjs');
  await writeFile(hook, "require.extensions['.node'] = require.extensions['.js'];\n");
  const linesOf = async (file: string) =>
    (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  const commands = () => linesOf(log);
  return {
    folder,
    root: join(cache, 'bbits', 'native'),
    hasGpu: options.hasGpu ?? false,
    env: {
      PATH: bin,
      HOME: folder,
      XDG_CACHE_HOME: cache,
      NODE_OPTIONS: `--require ${hook}`,
      ...options.env,
    },
    commands,
    downloads: async () => (await commands()).filter((line) => line.startsWith('pip ')),
    npmCommands: () => linesOf(npmLog),
    setPip,
  };
}

/** A command in two parts: the shell handles the most frequent calls, since Node is slow to start. */
async function command(path: string, quick: string, body: string): Promise<void> {
  await writeFile(`${path}.cjs`, body);
  await writeFile(path, `#!/bin/sh\n${quick}\nexec '${process.execPath}' '${path}.cjs' "$@"\n`);
  await chmod(path, 0o755);
}

/** Record what is reported. */
export function recorder(): Reporter & { stages: string[]; progressed: number[] } {
  const stages: string[] = [];
  const progressed: number[] = [];
  return {
    stages,
    progressed,
    stage: (message) => stages.push(message),
    progress: (fraction) => progressed.push(fraction),
  };
}

/** All names in the cache, including hidden ones. */
export async function cached(machine: FakeMachine): Promise<string[]> {
  return existsSync(machine.root) ? (await readdir(machine.root)).sort() : [];
}
