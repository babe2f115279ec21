import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { fileError } from './file-error.js';
import { isAlive } from './lock.js';

/** With the process's id after it. */
const prefix = 'bbits-graph-';
/** Such a folder is needed for seconds. A container's processes are not seen from another one. */
const abandonedMs = 3_600_000;

/**
 * Runs work with a file in a folder that is there only as long, where the system keeps temporary files.
 * What killed processes left there goes.
 *
 * @param name of the file
 * @param work is told the folder
 * @throws UserError that names TMPDIR where no such file can be written
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

/** Turns the system's refusal into an error that says what to do. */
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
        `${refused.found} (${code}). Set ${variable ?? 'TMPDIR'} to a folder that can be written to and has room.`,
      1,
      { cause },
    );
  }
}

/** What cannot be looked at or removed is another user's, or gone by now. */
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
