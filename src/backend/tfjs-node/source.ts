import { join } from 'node:path';
import { checkIntegrity, packFromNpm } from '../../commands/npm-pack.js';
import { unpackPackage } from '../../commands/unpack-package.js';
import { UserError } from '../../errors.js';
import { tfjsNode, wantedFiles } from './recipe.js';

export interface SourceOptions {
  /** The package's archive on this machine; undefined: npm gets it. */
  readonly archive: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal | undefined;
}

const { name, version } = tfjsNode;

/** How the archive comes to a machine without a network. */
export const byHand =
  `Check the network, and that npm is there, which comes with Node; or run npm pack ${name}@${version} on ` +
  'another machine, and give the file with --binding.';

/**
 * Brings the archive of tfjs-node's package, which is the published one.
 *
 * @param staging a folder for what npm gets
 * @returns its path
 * @throws UserError where npm cannot get it, or it is another one
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

/** Unpacks it in the staging folder, and gives the package's folder. */
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
