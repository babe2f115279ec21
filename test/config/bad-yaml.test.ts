import { describe, expect, test } from 'vitest';
import { errorsOf, expectedAt, least, topLevel } from './errors.js';

describe('a text that is not a mapping', () => {
  test.each([
    ['', 'nothing'],
    ['# Only a comment.\n', 'nothing'],
    ['---\n', 'nothing'],
  ])('%j lacks the required keys', (text) => {
    expect(errorsOf(text)).toStrictEqual([
      `c.yaml:1:1 dataset: missing, expected ${expectedAt.dataset}`,
      `c.yaml:1:1 model: missing, expected ${expectedAt.model}`,
    ]);
  });

  test.each([
    ['- mnist\n', '1:1', 'a list'],
    ['# c\n\nmnist\n', '3:1', '"mnist"'],
    ['3', '1:1', '3'],
    ['~', '1:1', '~'],
  ])('%j', (text, place, found) => {
    expect(errorsOf(text)).toStrictEqual([
      `c.yaml:${place}: found ${found}, expected a mapping (keys: ${topLevel})`,
    ]);
  });
});

describe('a text that is not YAML', () => {
  test.each([
    ['training:\n\tepochs: 3\n', ['2:1: not valid YAML: Tabs are not allowed as indentation']],
    ['seed: "1\n', ['2:1: not valid YAML: Missing closing "quote']],
    ['a: b: c\n', ['1:4: not valid YAML: Nested mappings are not allowed in compact mappings']],
    [
      'a: @x\nb: `y\n',
      [
        '1:4: not valid YAML: Plain value cannot start with reserved character @',
        '2:4: not valid YAML: Plain value cannot start with reserved character `',
      ],
    ],
    [`${least}---\n${least}`, ['3:1: found a second document, expected one']],
    [`${least}...\nseed: 1`, ['4:1: found a second document, expected one']],
    ['a\0b', ['1:1: found binary data, expected text']],
  ])('%j', (text, errors) => {
    expect(errorsOf(text)).toStrictEqual(errors.map((error) => `c.yaml:${error}`));
  });

  test('gets no errors for its keys, but still those of the command line', () => {
    expect(errorsOf('sed: [', 'mu')[0]).toMatch(/^c\.yaml:1:7: not valid YAML: /);
    expect(errorsOf('sed: [', 'mu').at(-1)).toMatch(/^command line: /);
    expect(errorsOf('sed: [').join()).not.toContain('unknown key');
  });
});

describe('features of YAML that configs do not have', () => {
  test.each([
    ['mu: &a 0.1\nseed: *a', ['4:7 seed: found the alias *a, expected the value itself']],
    ['seed: *a', ['3:7 seed: found the alias *a, expected the value itself']],
    [
      'training: &a {epochs: *a}',
      ['3:23 training.epochs: found the alias *a, expected the value itself'],
    ],
    ['<<: {seed: 1}', ['3:1 <<: found a merge key, expected the keys themselves']],
    ['seed: !!int 1', ['3:13 seed: found the tag !!int, expected none']],
    ['training: !x {epochs: y}', ['3:14 training: found the tag !x, expected none']],
    ['training: !!set {epochs}', ['3:17 training: found the tag !!set, expected none']],
    ['? [a]\n: 1', ['3:3 "?": found a list as a key, expected text']],
    ['? {a: b}\n: 1', ['3:3 "?": found a mapping as a key, expected text']],
    ['seed: 1\nseed: 2', ['4:1 seed: given twice, first on line 3']],
    [
      'seed: x\nseed: 2',
      [
        '3:7 seed: found "x", expected an integer from 0 to 4294967295',
        '4:1 seed: given twice, first on line 3',
      ],
    ],
    [
      'gates: {initialPhi: {4: 1, "4": 2}}',
      ['3:28 gates.initialPhi.4: given twice, first on line 3'],
    ],
  ])('%j', (lines, errors) => {
    expect(errorsOf(`${least}${lines}\n`)).toStrictEqual(errors.map((error) => `c.yaml:${error}`));
  });

  test('YAML 1.1, even if a file requests it', () => {
    expect(errorsOf(`%YAML 1.1\n---\n${least}seed: 1_000\nbackend: no\n`)).toStrictEqual([
      'c.yaml:5:7 seed: found "1_000", expected an integer from 0 to 4294967295',
      'c.yaml:6:10 backend: found "no", expected one of: auto, native-gpu, native-cpu, wasm',
    ]);
  });
});

describe('a text made to exhaust time or memory', () => {
  const size = 64 * 1024;
  const repeated = (text: string) => text.repeat(size / text.length - 1);

  test('is refused if it is large', () => {
    expect(errorsOf('['.repeat(1024 * 1024))).toStrictEqual([
      'c.yaml:1:1: found more than 64 KiB, expected a config',
    ]);
  });

  test.each([
    ['deep lists', repeated('[')],
    ['deep mappings', repeated('{a: ')],
    ['deep lists that are closed', '['.repeat(size / 2) + ']'.repeat(size / 2)],
    ['deep indentation', Array.from({ length: 360 }, (_, i) => `${' '.repeat(i)}a:\n`).join('')],
    ['deep keys', repeated('? ')],
    ['deep sequences', repeated('- ')],
    ['many elements', `model: {layers: [${'a,'.repeat(size / 2 - 20)}]}`],
    [
      'many elements under a long key',
      `? ${'k'.repeat(size / 2)}\n: [${'1,'.repeat(size / 4 - 20)}]`,
    ],
    ['many keys', Array.from({ length: 6500 }, (_, i) => `k${i}: 1\n`).join('')],
    ['one key many times', repeated('seed:\n')],
    ['many documents', repeated('---\n')],
    ['many directives', repeated('%A\n')],
    ['many anchors', repeated('&a ')],
    ['many quotes', repeated('"')],
    ['a long key', repeated('x')],
    [
      'aliases of aliases of aliases',
      `a0: &a0 [x]\n${Array.from({ length: 50 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]\n`).join('')}`,
    ],
  ])('gets errors: %s', (_what, text) => {
    expect(errorsOf(text).length).toBeLessThanOrEqual(51);
  });
});
