import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The program's sources. */
export const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join('src', name));

/** A file without its comments, which users never see; its imports start with a dot and match no pattern. */
export function textsOf(file: string): string {
  return readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}
