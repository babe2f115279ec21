import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../errors.js';
import { compareVersions } from './cache.js';
import { howEnded, lastLines, run, tryRun } from '../../commands/child.js';
import { whileGrowing } from '../../commands/while-growing.js';
import { wheelPython, type Platform } from './recipe.js';

/** A pip command on this machine. */
export interface Pip {
  readonly command: string;
  readonly args: string[];
  /** Version in the output of `pip --version`. */
  readonly version: string;
  /** Whether pip is older than `oldestPip` and so cannot find the wheels. */
  readonly tooOld: boolean;
}

const candidates: readonly (readonly [string, ...string[]])[] = [
  ['python3', '-m', 'pip'],
  ['python', '-m', 'pip'],
  ['pip3'],
];

/** The first version that accepts several `--platform` options and tags such as manylinux_2_27 (tested). */
const oldestPip = '20.3.4';

/** Find the first pip that works and is new enough, else one that is too old, else undefined. */
export async function findPip(
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<Pip | undefined> {
  let old: Pip | undefined;
  for (const [command, ...args] of candidates) {
    const result = await tryRun(command, [...args, '--version'], { env, signal });
    if (result?.code !== 0) continue;
    const version = result.stdout.trim().split('\n')[0] ?? '';
    const number = /^pip (\S+)/.exec(version)?.[1] ?? oldestPip;
    const pip = { command, args, version, tooOld: compareVersions(number, oldestPip) < 0 };
    if (!pip.tooOld) return pip;
    old ??= pip;
  }
  return old;
}

/** Find a pip that is new enough. @throws UserError that says how to get pip if there is none */
export async function requirePip(env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<Pip> {
  const pip = await findPip(env, signal);
  if (pip === undefined) {
    throw new UserError(
      'TensorFlow is downloaded from PyPI with pip, but no pip was found (tried python3 -m pip, python -m pip, pip3). ' +
        'Install pip, or download the wheel on another machine and pass it with --wheel; offline, --binding is needed as well.\n' +
        'Debian, Ubuntu: apt-get install python3-pip',
    );
  }
  if (pip.tooOld) {
    throw new UserError(
      `pip is too old: found ${pip.version}; expected ${oldestPip} or newer. ` +
        `Update it with: ${[pip.command, ...pip.args].join(' ')} install --upgrade pip`,
    );
  }
  return pip;
}

export interface PipOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  /** Called about three times a second with the number of bytes downloaded. */
  readonly arrived?: (bytes: number) => void;
}

/**
 * Download the wheels of some requirements, without their dependencies, into a folder.
 *
 * @returns the paths of the wheels in the folder
 * @throws UserError with pip's last lines if it fails or a wheel is missing
 */
export async function downloadWheels(
  pip: Pip,
  requirements: readonly string[],
  platform: Platform,
  folder: string,
  options: PipOptions,
): Promise<string[]> {
  const picking = [
    `--python-version=${wheelPython}`,
    ...platform.pipPlatforms.map((tag) => `--platform=${tag}`),
    `--dest=${folder}`,
  ];
  await runPip(pip, picking, requirements, folder, options);
  const wheels = (await readdir(folder)).filter((name) => name.endsWith('.whl'));
  if (wheels.length !== requirements.length) {
    throw new UserError(
      `pip reported success, but for ${requirements.join(', ')} it downloaded ${wheels.length === 0 ? 'nothing' : wheels.join(', ')}. Try again, or download the wheel yourself and pass it with --wheel.`,
    );
  }
  return wheels.map((name) => join(folder, name));
}

const always = [
  ...['--no-deps', '--only-binary=:all:', '--no-cache-dir', '--no-input'],
  ...['--disable-pip-version-check', '--progress-bar=off'],
];

/**
 * Shorter timeouts: pip would try an unreachable index six times for 15 seconds each. A slow download is not
 * affected.
 */
const patience = { PIP_RETRIES: '1', PIP_DEFAULT_TIMEOUT: '10' };

/**
 * Run pip and judge it by its exit code; warnings on stderr are ignored. Progress is measured in the target
 * folder and in a temporary folder. pip's cache is off, as it would keep a second copy of every wheel in the
 * user's home.
 */
async function runPip(
  pip: Pip,
  args: readonly string[],
  requirements: readonly string[],
  folder: string,
  { env, signal, arrived }: PipOptions,
): Promise<void> {
  const temporary = `${folder}.tmp`;
  await mkdir(folder, { recursive: true });
  await mkdir(temporary, { recursive: true });
  // Some versions of pip download in place, others into a temporary file that they copy.
  await whileGrowing([folder, temporary], arrived, async () => {
    const result = await run(
      pip.command,
      [...pip.args, 'download', ...always, ...args, ...requirements],
      {
        // With the user's PIP_REQUIRE_VIRTUALENV, pip would refuse to run outside of a virtual environment.
        env: { ...patience, ...env, PIP_REQUIRE_VIRTUALENV: '0', TMPDIR: temporary },
        signal,
      },
    );
    if (result.code === 0) return;
    throw new UserError(
      `pip could not download ${requirements.join(', ')} from PyPI (${howEnded(result)}). Its last lines:\n` +
        `${lastLines(result.stderr) || lastLines(result.stdout)}\n` +
        'Check the network, or download the wheel on another machine and pass it with --wheel.',
    );
  });
}
