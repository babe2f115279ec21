import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonFile } from '../../src/files/json-file.js';

/** Read a file of a folder, decoded by its schema. */
export async function stored<T>(folder: string, file: JsonFile<T>): Promise<T> {
  return decoded(file, await readFile(join(folder, file.name), 'utf8'));
}

/** Read the lines of a file, each decoded by its schema. */
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
