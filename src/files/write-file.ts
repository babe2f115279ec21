import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '../errors.js';
import { fileError } from './file-error.js';
import { flush } from './flush.js';

/** The file system refuses to write a file. */
export class WriteError extends UserError {
  override readonly name = 'WriteError';
}

/**
 * Atomically replace a file: write a temporary file beside it, flush, rename, and flush the folder. The next
 * write replaces a temporary file left by a killed process.
 *
 * (The package write-file-atomic 7.0.1 ignores short writes: on a nearly full disk a truncated file replaces
 * the original.)
 *
 * @throws WriteError if it cannot be written
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
    await flush(handle);
  } finally {
    await handle.close();
  }
}

/** Flush a folder; otherwise a power failure may undo a rename in it. */
async function flushFolder(folder: string): Promise<void> {
  // Windows cannot open folders.
  if (process.platform === 'win32') return;
  const handle = await open(folder);
  try {
    await flush(handle);
  } finally {
    await handle.close();
  }
}

/**
 * Run work that writes a file.
 *
 * @throws WriteError that says what to do if the file system refuses (full disk, no folder, no permission)
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
