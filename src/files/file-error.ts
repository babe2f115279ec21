import { UserError } from '../errors.js';

/** What a full disk, a missing right or a read-only file system give; anything else is a bug. */
const codes = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EISDIR', 'EIO'];

/**
 * Runs work on the cache folder, and turns what the file system refuses into an error that says what
 * to do.
 */
export async function explainFileErrors<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof Error && 'syscall' in cause && 'code' in cause)) throw cause;
    if (!codes.includes(String(cause.code))) throw cause;
    throw new UserError(
      `The cache folder ${root} cannot be used: ${cause.message}. ` +
        'Make room or give yourself the right to write there, or set XDG_CACHE_HOME to another folder.',
      1,
      { cause },
    );
  }
}
