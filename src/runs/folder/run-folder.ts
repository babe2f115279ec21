import { mkdir, readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { UserError } from '../../errors.js';

/** Where runs go unless a folder is named. */
const resultsFolder = 'results';

/**
 * Makes a run's folder, which nothing is in: the one that was asked for, or one of its own under
 * `results/` that is named after the config and the seed.
 *
 * @throws UserError if the folder asked for has something in it, or cannot be made
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

/** A folder that was asked for and has something in it. */
export class FolderTakenError extends UserError {}

/** @throws FolderTakenError if it has something in it; UserError if it cannot be made */
export async function newOrEmptyFolder(folder: string): Promise<string> {
  if (await isNewFolder(folder)) return folder;
  const contents = await readdir(folder).catch((error: unknown) => {
    throw cannotUse(folder, error);
  });
  if (contents.length === 0) return folder;
  throw new FolderTakenError(
    `${folder}: found a folder with ${contents.length} files in it, expected a new or an empty one. ` +
      'Nothing is overwritten: name another folder with --out, or delete this one.',
  );
}

/** Makes the folder; false if there is something of that name. */
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
