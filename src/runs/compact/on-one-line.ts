import { join } from 'node:path';
import { parseJson, readBounded } from '../../files/read-bounded.js';
import { recordFile } from '../folder/record-file.js';
import { resultFile } from '../folder/result-file.js';

/**
 * Put a run's indented JSON files on one line each, which takes about a quarter less; values stay the same.
 *
 * @returns names and new contents of the files that become smaller
 * @throws UserError if one cannot be read
 */
export async function onOneLine(folder: string): Promise<[name: string, text: string][]> {
  const smaller: [string, string][] = [];
  for (const { name, mostBytes } of [recordFile, resultFile]) {
    const bytes = await readBounded(join(folder, name), mostBytes);
    if (!bytes) continue;
    const line = `${JSON.stringify(parseJson(bytes.toString()))}\n`;
    if (Buffer.byteLength(line) < bytes.length) smaller.push([name, line]);
  }
  return smaller;
}
