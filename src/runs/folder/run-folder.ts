import { mkdir, readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { UserError } from '../../errors.js';

/** Default parent folder of runs. */
const resultsFolder = 'results';

/**
 * Create a run's empty folder: the requested one, or a new one under `results/` named after the config and
 * the seed.
 *
 * @throws UserError if the requested folder is not empty or cannot be created
 */
export async function createRunFolder(
  out: string | undefined,
  configFile: string,
  seed: number,
): Promise<string> {
  if (out !== undefined) return newOrEmptyFolder(out);
  const name = `${basename(configFile, extname(configFile))}-seed${seed}`;
  for (let count = 1; ; count++) {
    const folder = join(resultsFolder, count === 1 ? name : `${name}-${count}`);
    if (await isNewFolder(folder)) return folder;
  }
}

/** The requested folder is not empty. */
export class FolderTakenError extends UserError {}

/** @throws FolderTakenError if it is not empty; UserError if it cannot be created */
export async function newOrEmptyFolder(folder: string): Promise<string> {
  if (await isNewFolder(folder)) return folder;
  const contents = await readdir(folder).catch((error: unknown) => {
    throw cannotUse(folder, error);
  });
  if (contents.length === 0) return folder;
  throw new FolderTakenError(
    `${folder}: found a folder with ${contents.length} files in it, expected a new or empty one. ` +
      'Nothing is overwritten: name another folder with --out, or delete this one.',
  );
}

/** Create a folder; false if the name is taken. */
async function isNewFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(dirname(folder), { recursive: true });
    await mkdir(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cannotUse(folder, error);
  }
}

function cannotUse(folder: string, cause: unknown): UserError {
  const { message } = cause as NodeJS.ErrnoException;
  return new UserError(
    `${folder}: cannot be used as a run's folder (${message}). Name another with --out.`,
    1,
    { cause },
  );
}
