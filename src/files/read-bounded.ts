import { readFile, stat } from 'node:fs/promises';
import { UserError } from '../errors.js';
import { fileError } from './file-error.js';

/** The most bytes that Node reads in one piece. */
export const mostInOnePiece = 2 ** 31 - 1;

/**
 * A file that may not be what it should: never one that is larger than expected, and nothing that is
 * no plain file, since a pipe has no end.
 *
 * @returns undefined if there is none
 * @throws UserError if it cannot be read
 */
export async function readBounded(path: string, mostBytes: number): Promise<Buffer | undefined> {
  try {
    return await orAgain(() => readAtMost(path, mostBytes));
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    const refused = fileError(cause);
    if (!refused) throw cause;
    const { toRead } = refused;
    const todo = toRead === undefined ? '' : ` ${toRead}.`;
    throw new UserError(`${path}: cannot be read (${message}).${todo}`, 1, { cause });
  }
}

async function readAtMost(path: string, mostBytes: number): Promise<Buffer> {
  const found = await stat(path);
  if (!found.isFile()) throw new UserError(`${path}: expected a file, found something else.`);
  if (found.size > mostBytes) {
    const expected = `expected at most ${mostBytes / 2 ** 20} MiB`;
    throw new UserError(`${path}: ${expected}, found ${found.size} bytes.`);
  }
  return readFile(path);
}

/** In a shared folder (NFS) a file may go stale while it is read: another machine has put a new one in its place. */
async function orAgain<T>(read: () => Promise<T>): Promise<T> {
  return read().catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ESTALE') throw error;
    return read();
  });
}

/** JSON, or undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
