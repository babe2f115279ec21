import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../src/errors.js';
import { buildInFolders, runIn } from './build.js';
import { parseDockerfile, type Stage } from './dockerfile.js';
import { whyNoDocker, whyNoFolders } from './why-not.js';

/**
 * `npm run docker`: build the Dockerfile and train the quickstart for a few steps in the result. Uses Docker
 * if its daemon answers; otherwise executes the Dockerfile's steps in a clean root folder, which needs root
 * on Debian.
 */
const context = join(import.meta.dirname, '..');
/** Commands to run in the image, without a network, since it contains all that they need. */
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
  const stages = parseDockerfile(readFileSync(join(context, 'Dockerfile'), 'utf8'));
  const noDocker = await whyNoDocker(stages);
  if (noDocker === undefined) withDocker();
  else await withFolders(stages, noDocker);
  say('done');
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}

function withDocker(): void {
  say('With Docker');
  const docker = (...args: string[]) => execFileSync('docker', args, { stdio: 'inherit' });
  docker('build', '--tag', 'bbits', context);
  for (const command of commands) docker('run', '--rm', '--network', 'none', 'bbits', ...command);
}

async function withFolders(stages: readonly Stage[], noDocker: string): Promise<void> {
  const noFolders = await whyNoFolders(stages);
  if (noFolders !== undefined) {
    throw new UserError(
      `Found no way to build the image.\nWith Docker: ${noDocker}\nWithout: ${noFolders}\n` +
        'Start Docker, or run this as root on Debian.',
      1,
    );
  }
  say(`Without Docker (${noDocker}): the Dockerfile's steps in a clean root folder`);
  const folder = mkdtempSync(join(tmpdir(), 'bbits-docker-'));
  try {
    const image = buildInFolders(stages, { context, folder, say });
    for (const command of commands) {
      say(`as ${image.user} in ${image.folder}: ${[...image.entrypoint, ...command].join(' ')}`);
      runIn(image, [...image.entrypoint, ...command], 'none');
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
