import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileSize } from './folder.js';

/** The file with the checksums of a folder's files, as the program sha256sum reads it. */
export const sumsName = 'SHA256SUMS';

/** A line has about 80 bytes, and no data set many files. */
const mostBytes = 16 * 1024;

/** Writes the checksums of a folder's files into the folder. */
export async function writeSums(
  folder: string,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const lines: string[] = [];
  for (const name of names) {
    const hash = createHash('sha256');
    const contents = createReadStream(join(folder, name));
    await pipeline(contents, hash, ...(signal ? [{ signal }] : []));
    lines.push(`${hash.digest('hex')}  ${name}\n`);
  }
  const file = await open(join(folder, sumsName), 'wx');
  try {
    await file.writeFile(lines.join(''));
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * The SHA-256, in hexadecimal, of each file that a folder's list of checksums names. Empty where
 * there is no such list, or where something in it is not as `writeSums` writes it: then nothing in it
 * is believed.
 */
export async function readSums(folder: string): Promise<ReadonlyMap<string, string>> {
  const path = join(folder, sumsName);
  const sums = new Map<string, string>();
  try {
    if ((await fileSize(path, 'checksums')) > mostBytes) return sums;
    const lines = (await readFile(path, 'latin1')).split('\n');
    // What follows the last line's end.
    if (lines.pop() !== '') return sums;
    for (const line of lines) {
      const [, sha256, name] = /^([0-9a-f]{64}) [ *]([\w.-]+)$/.exec(line) ?? [];
      if (sha256 === undefined || name === undefined || sums.has(name)) return new Map();
      sums.set(name, sha256);
    }
    return sums;
  } catch {
    // Not there, or not to be read: nothing is known.
    return new Map();
  }
}
