import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const docs = fileURLToPath(new URL('../../docs', import.meta.url));
const source = fileURLToPath(new URL('../../src/bayesian-bits', import.meta.url));
const map = readFileSync(join(docs, 'paper-map.md'), 'utf8');

const links = Array.from(map.matchAll(/\[([^\]]+)\]\(([^)\s]+)\)/g), ([, text, target]) => ({
  text: text as string,
  target: target as string,
}));
const files = links.filter(({ target }) => !/^(https?:|#)/.test(target));
const symbols = files.flatMap(({ text, target }) => {
  const [, name] = /^`(\w+)`$/.exec(text) ?? [];
  return name === undefined ? [] : [{ name, target }];
});

test('the paper map links to existing files', () => {
  expect(files.length).toBeGreaterThan(30);
  expect(files.filter(({ target }) => !existsSync(join(docs, target)))).toEqual([]);
});

test('the paper map names functions that the linked file declares', () => {
  expect(symbols.length).toBeGreaterThan(30);
  const missing = symbols.filter(({ name, target }) => {
    const path = join(docs, target);
    const declaration = new RegExp(`\\b(function|const|interface|type|class) ${name}\\b`);
    return !statSync(path).isFile() || !declaration.test(readFileSync(path, 'utf8'));
  });
  expect(missing).toEqual([]);
});

test('the paper map links to existing headings', () => {
  const headings = Array.from(map.matchAll(/^#+ (.*)$/gm), ([, heading]) =>
    (heading as string)
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
  const anchors = links.filter(({ target }) => target.startsWith('#'));
  expect(anchors.length).toBeGreaterThan(0);
  expect(anchors.filter(({ target }) => !headings.includes(target.slice(1)))).toEqual([]);
});

test("the paper map has every function of the paper's module", () => {
  const sources = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const exported = sources.flatMap((file) =>
    Array.from(
      readFileSync(join(source, file), 'utf8').matchAll(/^export function (\w+)/gm),
      ([, name]) => name as string,
    ),
  );
  expect(exported.length).toBeGreaterThan(10);
  const named = new Set(symbols.map(({ name }) => name));
  expect(exported.filter((name) => !named.has(name))).toEqual([]);
});
