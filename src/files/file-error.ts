/** A file system error in the user's terms. */
export interface FileError {
  /** The problem, such as 'it is a folder'. */
  readonly found: string;
  /** How to make it readable; absent if only another path helps. */
  readonly toRead?: string;
  readonly toWrite: string;
}

const permission = {
  found: 'access is not permitted',
  toRead: 'Change its permissions',
  toWrite: 'Allow writing to its folder',
};
const noRoom = { found: 'its disk is full', toWrite: 'Make room on its disk' };

/** Explanations by the system's error code. */
const refusals: Readonly<Record<string, Omit<FileError, 'toWrite'> & { toWrite?: string }>> = {
  ENOENT: {
    found: 'it does not exist',
    toWrite: 'Its folder is gone: create it again',
  },
  ENOTDIR: { found: 'it is not a folder, or part of its path is not one' },
  EISDIR: { found: 'it is a folder' },
  ELOOP: { found: 'it is a symbolic link that leads back to itself' },
  ERR_INVALID_ARG_VALUE: { found: 'it is not a valid path' },
  EACCES: permission,
  EPERM: permission,
  EROFS: { found: 'its disk is read-only', toWrite: permission.toWrite },
  ENOSPC: noRoom,
  EDQUOT: noRoom,
  EIO: { found: 'its disk reports an error' },
};

/** Explain a file system error in words; undefined for any other error, which is a bug. */
export function fileError(error: unknown): FileError | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  const code = String(error.code);
  const known = Object.hasOwn(refusals, code) ? refusals[code] : undefined;
  if (!known && !('syscall' in error)) return undefined;
  return {
    found: `the system refuses it (${code})`,
    toWrite: 'Make sure that its folder can be written to',
    ...known,
  };
}
