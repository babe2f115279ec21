import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '../errors.js';
import { fileError } from './file-error.js';

/** A file that the file system refuses to write. */
export class WriteError extends UserError {
  override readonly name = 'WriteError';
}

/**
 * Replaces a file as a whole, so that it is never seen half written: it is written beside, flushed and
 * renamed, and the folder is flushed. What a process that was killed has left beside, the next write of
 * the file replaces.
 *
 * (The package write-file-atomic 7.0.1 takes no notice of how much the system has written: on a disk
 * with room for a part, that part takes the place of the file.)
 *
 * @throws WriteError where it cannot be written
 */
export function writeWhole(path: string, data: string | Uint8Array): Promise<void> {
  return explainWriteErrors(path, async () => {
    const beside = `${path}.tmp`;
    try {
      await writeFlushed(beside, data);
      await rename(beside, path);
    } catch (error) {
      // The disk may be full.
      await rm(beside, { force: true }).catch(() => undefined);
      throw error;
    }
    await flushFolder(dirname(path));
  });
}

async function writeFlushed(path: string, data: string | Uint8Array): Promise<void> {
  const handle = await open(path, 'w');
  try {
    await handle.writeFile(data);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Until then a power cut may undo a rename. */
async function flushFolder(folder: string): Promise<void> {
  // Windows opens no folders.
  if (process.platform === 'win32') return;
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Runs work that writes a file of a run, and turns what the file system refuses (a full disk, a folder
 * that is gone, a missing right) into an error that says what to do.
 */
export async function explainWriteErrors<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const refused = fileError(cause);
    if (!refused) throw cause;
    const { message } = cause as Error;
    throw new WriteError(`${path}: cannot be written (${message}). ${refused.toWrite}.`, 1, {
      cause,
    });
  }
}
