import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fencesOf, pages } from './pages.js';

/** Checks that code in the documentation is in a compiled and tested file, except for comments and layout. */

const folders = ['src', 'test/extending'];
const plainLines = (code: string) =>
  code
    .replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '')
    .split('\n')
    .map((line) => line.replaceAll(/\s+/g, ''))
    .filter((line) => line !== '');
const files = folders
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  .filter((name) => name.endsWith('.ts'))
  .map((name) => plainLines(readFileSync(name, 'utf8')).join(''));

/** A line that readers add to a table; test/extending adds those of its examples. */
const isEntry = (text: string) => /^\S.*,\n$/.test(text);

const code = pages
  .flatMap(fencesOf)
  .filter(({ language, text }) => language === 'ts' && !isEntry(text));

test.each(code.map((fence) => [`${fence.page}:${fence.line}`, fence.text] as const))(
  '%s',
  (_, text) => {
    // Line by line, since a page may leave out lines between.
    const lines = plainLines(text);
    expect(files.filter((file) => lines.every((line) => file.includes(line)))).not.toEqual([]);
  },
);

test('blocks of other languages are read by other tests', () => {
  const languages = new Set(pages.flatMap(fencesOf).map(({ language }) => language));
  // Python: test/long/onnx.test.ts runs the reader of docs/export.md.
  expect([...languages].sort()).toEqual(['', 'python', 'sh', 'ts', 'yaml']);
});
