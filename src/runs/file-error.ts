import { UserError } from '../errors.js';

/**
 * Runs work that writes a file of a run, and turns what the file system refuses (a full disk, a folder
 * that is gone, a missing right) into an error that says what to do.
 */
export async function explainWriteErrors<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof Error && 'syscall' in cause)) throw cause;
    throw new UserError(
      `${path}: cannot be written (${cause.message}). See that the run's folder is still there and ` +
        'that its disk has room, and train again.',
      1,
      { cause },
    );
  }
}
