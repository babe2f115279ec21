import { readFile, stat } from 'node:fs/promises';
import { UserError } from '../errors.js';
import { fileError } from './file-error.js';

/** The maximum size of one read in Node, in bytes. */
export const mostInOnePiece = 2 ** 31 - 1;

/**
 * Read an untrusted file: at most the expected size, and only a regular file, since a pipe may be endless.
 *
 * @returns undefined if it does not exist
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

/** Read again if the file is stale, as on NFS when another machine replaces it while it is read. */
async function orAgain<T>(read: () => Promise<T>): Promise<T> {
  return read().catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ESTALE') throw error;
    return read();
  });
}

/** Parse JSON; undefined if it is invalid. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
