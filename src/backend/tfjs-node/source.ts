import { join } from 'node:path';
import { checkIntegrity, packFromNpm } from '../../commands/npm-pack.js';
import { unpackPackage } from '../../commands/unpack-package.js';
import { UserError } from '../../errors.js';
import { tfjsNode, wantedFiles } from './recipe.js';

export interface SourceOptions {
  /** Path of a local archive of the package; undefined: download it from npm. */
  readonly archive: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal | undefined;
}

const { name, version } = tfjsNode;

/** How to get the archive onto a machine without network access. */
export const byHand =
  `Check the network, and that npm, which comes with Node, is installed; or run npm pack ${name}@${version} on ` +
  'another machine and pass the file with --binding.';

/**
 * Get the published archive of tfjs-node's package.
 *
 * @param staging folder for npm's files
 * @returns the archive's path
 * @throws UserError if npm cannot download it or a local archive differs from the published one
 */
export async function bringArchive(
  staging: string,
  { archive, env, signal }: SourceOptions,
): Promise<string> {
  if (archive !== undefined) {
    await checkGiven(archive, signal);
    return archive;
  }
  const options = { env, signal, todo: byHand };
  const [fetched = ''] = await packFromNpm([tfjsNode], join(staging, 'npm'), options);
  return fetched;
}

/** Unpack the archive in the staging folder and return the package's folder. */
export async function unpackArchive(archive: string, staging: string): Promise<string> {
  const folder = join(staging, 'tfjs-node');
  await unpackPackage(archive, folder, wantedFiles);
  return folder;
}

async function checkGiven(archive: string, signal: AbortSignal | undefined): Promise<void> {
  try {
    await checkIntegrity(tfjsNode, archive, signal);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`--binding: ${error.message} ${byHand}`, 1, { cause: error });
  }
}
