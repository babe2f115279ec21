import { aptInstall } from './apt.js';
import { mirrorOf, releaseOf } from './clean-root.js';
import type { Stage } from './dockerfile.js';
import { failureOf } from './failure.js';
import { UserError } from '../src/errors.js';

const imagesOf = (stages: readonly Stage[]) => new Set(stages.map(({ image }) => image));

/** Why Docker cannot build these stages; undefined if its daemon answers and has or pulls their images. */
export async function whyNoDocker(stages: readonly Stage[]): Promise<string | undefined> {
  const failure = await failureOf('docker', ['info']);
  if (failure !== undefined) return failure;
  for (const image of imagesOf(stages)) {
    if ((await failureOf('docker', ['image', 'inspect', image])) === undefined) continue;
    const noImage = await failureOf('docker', ['pull', '--quiet', image]);
    if (noImage !== undefined) return noImage;
  }
  return undefined;
}

/**
 * Why these stages cannot run in folders on this machine; undefined if they can. Installs debootstrap if it
 * is missing.
 */
export async function whyNoFolders(stages: readonly Stage[]): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'not root';
  // In a container, root may lack this permission.
  const unshare = ['--mount', '--net', 'mount', '-t', 'proc', 'proc', '/proc'];
  const isBound = await failureOf('unshare', unshare);
  if (isBound !== undefined) return isBound;
  const noApt = await failureOf('apt-get', ['--version']);
  if (noApt !== undefined) return noApt;
  for (const image of imagesOf(stages)) {
    const failure = await whyNoRoot(image);
    if (failure !== undefined) return failure;
  }
  return process.arch === 'x64' ? undefined : `the images' Node is for x64, not ${process.arch}`;
}

async function whyNoRoot(image: string): Promise<string | undefined> {
  const { codename } = releaseOf(image);
  let mirror: string;
  try {
    mirror = mirrorOf(codename);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message;
  }
  if (await failureOf('debootstrap', ['--version'])) {
    const failure = await aptInstall('debootstrap');
    if (failure !== undefined) return failure;
  }
  // With wget, as debootstrap does. The mirror ends in a slash, and some refuse a double slash.
  const options = ['--no-verbose', '--tries=2', '--timeout=30', '--output-document=/dev/null'];
  const noAnswer = await failureOf('wget', [...options, `${mirror}dists/${codename}/InRelease`]);
  return noAnswer && `${mirror} does not answer: ${noAnswer}`;
}
