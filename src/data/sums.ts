import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { flush } from '../files/flush.js';
import { fileSize } from './folder.js';

/** The file with the checksums of a folder's files, in the format of sha256sum. */
export const sumsName = 'SHA256SUMS';

/** A line has about 80 bytes, and data sets have few files. */
const mostBytes = 16 * 1024;

/** Write the checksums of a folder's files into the folder. */
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
    await flush(file);
  } finally {
    await file.close();
  }
}

/**
 * The SHA-256 of each file in a folder's list of checksums, in hexadecimal. Empty if the list is missing or
 * deviates anywhere from the format of `writeSums`.
 */
export async function readSums(folder: string): Promise<ReadonlyMap<string, string>> {
  const path = join(folder, sumsName);
  const sums = new Map<string, string>();
  try {
    if ((await fileSize(path, 'checksums')) > mostBytes) return sums;
    const lines = (await readFile(path, 'latin1')).split('\n');
    // Skip the empty string after the last newline.
    if (lines.pop() !== '') return sums;
    for (const line of lines) {
      const [, sha256, name] = /^([0-9a-f]{64}) [ *]([\w.-]+)$/.exec(line) ?? [];
      if (sha256 === undefined || name === undefined || sums.has(name)) return new Map();
      sums.set(name, sha256);
    }
    return sums;
  } catch {
    // A missing or unreadable list verifies nothing.
    return new Map();
  }
}
