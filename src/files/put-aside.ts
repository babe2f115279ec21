import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { explainWriteErrors } from './write-file.js';

/**
 * Gives a folder another name, `FOLDER.WORD-1`, or the next number that is free: nothing is deleted.
 *
 * @returns where it is now
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
        // Another process was faster with that name.
        const { code = '' } = error as NodeJS.ErrnoException;
        if (!['EEXIST', 'ENOTEMPTY'].includes(code)) throw error;
      }
    }
  });
}
