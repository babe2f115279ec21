import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { fileError } from '../files/file-error.js';

/**
 * List a folder's entries.
 *
 * @param holds the expected contents, for error messages: 'the four files of MNIST'
 * @param todo advice to the user if the folder is missing
 * @throws UserError if it is missing, not a folder or not readable
 */
export async function readFolder(folder: string, holds: string, todo?: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw unreadable(error, folder, `a folder with ${holds}`, todo);
  }
}

/** The size of a regular file, in bytes. @throws UserError if it is missing or anything else */
export async function fileSize(path: string, expected: string): Promise<number> {
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(error, path, expected);
  });
  if (found.isFile()) return found.size;
  throw new UserError(
    `${path}: expected ${expected}, but it is not a regular file. Put a regular file in its place.`,
  );
}

/**
 * The path of the first of `names` in a folder, plain or gzipped. Regular files have precedence: some
 * archives of MNIST unpack to folders named like the files beside them.
 *
 * @throws UserError if none exists
 */
export function findFile(
  folder: string,
  entries: readonly Dirent[],
  names: readonly string[],
): string {
  const accepted = names.flatMap((name) => [name, `${name}.gz`]);
  const present = accepted.flatMap((name) => entries.filter((entry) => entry.name === name));
  const found = present.find((entry) => !entry.isDirectory()) ?? present[0];
  if (found) return join(folder, found.name);
  throw new UserError(
    `${folder}: expected a file named ${accepted.join(' or ')}, found ${listed(entries)}. ` +
      `Put the file there, or set the data set's path to the folder that has it.`,
  );
}

/** Convert a refusal of the operating system to a UserError; other errors are bugs and stay unchanged. */
export function unreadable(
  error: unknown,
  path: string,
  expected: string,
  todo = "Check the data set's path.",
): unknown {
  const refused = fileError(error);
  if (!refused) return error;
  const { found, toRead } = refused;
  return new UserError(
    `${path}: expected ${expected}, but ${found}. ${toRead === undefined ? todo : `${toRead}.`}`,
    1,
    { cause: error },
  );
}

/** The names of at most eight of a folder's entries, for messages. */
export function listed(entries: readonly Dirent[]): string {
  if (entries.length === 0) return 'an empty folder';
  const names = entries.map((entry) => entry.name).sort();
  return names.slice(0, 8).join(', ') + (names.length > 8 ? `, and ${names.length - 8} more` : '');
}
