import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonFile } from '../../src/files/json-file.js';

/** What a folder's file holds, as its schema has it. */
export async function stored<T>(folder: string, file: JsonFile<T>): Promise<T> {
  return decoded(file, await readFile(join(folder, file.name), 'utf8'));
}

/** What the lines of a folder's file hold. */
export async function storedLines<T>(folder: string, file: JsonFile<T>): Promise<T[]> {
  const text = await readFile(join(folder, file.name), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => decoded(file, line));
}

function decoded<T>(file: JsonFile<T>, text: string): T {
  const { success, data, error } = file.decode(text);
  if (success) return data;
  throw error;
}
