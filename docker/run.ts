import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../src/errors.js';
import { buildInFolders, runIn } from './build.js';
import { parseDockerfile } from './dockerfile.js';

/**
 * `npm run docker`: builds what the Dockerfile says, and has it train the quickstart for a few steps. With Docker
 * where its daemon answers; elsewhere the Dockerfile's own steps run in a clean root folder, which needs root on
 * Debian.
 */
const context = join(import.meta.dirname, '..');
/** Without a network, since what they need is in the image. */
const commands = [
  ['--version'],
  ['backend', 'doctor', '--backend', 'native-cpu'],
  [
    ...['train', 'configs/quickstart.yaml', 'backend=native-cpu'],
    ...['training.epochs=1', 'training.images=1000'],
  ],
];

const say = (line: string) => process.stdout.write(`== ${line}\n`);

try {
  const why = whyNoDocker();
  if (why === undefined) withDocker();
  else withFolders(why);
  say('done');
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}

/** Undefined where Docker is at hand. */
function whyNoDocker(): string | undefined {
  const { error, status, stderr } = spawnSync('docker', ['info'], { encoding: 'utf8' });
  if (error) return 'no docker command';
  return status === 0 ? undefined : (stderr.trim().split('\n').at(-1) ?? 'docker info failed');
}

function withDocker(): void {
  say('With Docker');
  const docker = (...args: string[]) => execFileSync('docker', args, { stdio: 'inherit' });
  docker('build', '--tag', 'bbits', context);
  for (const command of commands) docker('run', '--rm', '--network', 'none', 'bbits', ...command);
}

function withFolders(why: string): void {
  if (process.getuid?.() !== 0) {
    throw new UserError(
      `Neither Docker (${why}) nor root's rights are at hand: expected one of both. Start Docker, or run this as root.`,
      1,
    );
  }
  say(`Without Docker (${why}): the Dockerfile's steps in a clean root folder`);
  const folder = mkdtempSync(join(tmpdir(), 'bbits-docker-'));
  try {
    const stages = parseDockerfile(readFileSync(join(context, 'Dockerfile'), 'utf8'));
    const image = buildInFolders(stages, { context, folder, say });
    for (const command of commands) {
      say(`as ${image.user} in ${image.folder}: ${[...image.entrypoint, ...command].join(' ')}`);
      runIn(image, [...image.entrypoint, ...command], 'none');
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
