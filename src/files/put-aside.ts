import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { explainWriteErrors } from './write-file.js';

/**
 * Rename a folder to `FOLDER.WORD-1`, or the next free number; nothing is deleted.
 *
 * @returns the new path
 * @throws UserError if the file system refuses
 */
export async function putAside(folder: string, word: string): Promise<string> {
  return explainWriteErrors(folder, async () => {
    for (let count = 1; ; count++) {
      const aside = join(dirname(folder), `${basename(folder)}.${word}-${count}`);
      if (existsSync(aside)) continue;
      try {
        await rename(folder, aside);
        return aside;
      } catch (error) {
        // Another process took this name first.
        const { code = '' } = error as NodeJS.ErrnoException;
        if (!['EEXIST', 'ENOTEMPTY'].includes(code)) throw error;
      }
    }
  });
}
