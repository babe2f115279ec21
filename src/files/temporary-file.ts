import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { fileError } from './file-error.js';
import { isAlive } from './lock.js';

/** Start of the folders' names; the process id follows. */
const prefix = 'bbits-graph-';
/** Far longer than such a folder is needed. Processes of other containers are invisible, so age decides. */
const abandonedMs = 3_600_000;

/**
 * Run work with a file in a temporary folder, which is deleted afterwards. Folders left by killed processes
 * are deleted as well.
 *
 * @param name of the file
 * @param work receives the folder
 * @throws UserError if no file can be written there, naming the variable to set (TMPDIR, TMP or TEMP)
 */
export function withTemporaryFile<T>(
  name: string,
  data: Uint8Array,
  work: (folder: string) => T,
): T {
  const parent = tmpdir();
  removeAbandoned(parent);
  const folder = explained(parent, () => mkdtempSync(join(parent, `${prefix}${process.pid}-`)));
  try {
    explained(parent, () => {
      writeFileSync(join(folder, name), data);
    });
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Convert a file system error to a message that says what to do. */
function explained<T>(parent: string, write: () => T): T {
  try {
    return write();
  } catch (cause) {
    const refused = fileError(cause);
    if (!refused) throw cause;
    const variable = ['TMPDIR', 'TMP', 'TEMP'].find((name) =>
      process.env[name]?.startsWith(parent),
    );
    const { code } = cause as NodeJS.ErrnoException;
    throw new UserError(
      `${variable === undefined ? parent : `${variable}=${parent}`}: temporary files cannot be written there: ` +
        `${refused.found} (${code}). Set ${variable ?? 'TMPDIR'} to a writable folder with free space.`,
      1,
      { cause },
    );
  }
}

/** Delete abandoned folders. One that cannot be examined or deleted is another user's, or already gone. */
function removeAbandoned(parent: string): void {
  for (const name of attempt(() => readdirSync(parent)) ?? []) {
    const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const folder = join(parent, name);
    attempt(() => {
      const isOld = Date.now() - statSync(folder).mtimeMs > abandonedMs;
      if (isOld) rmSync(folder, { recursive: true });
    });
  }
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
