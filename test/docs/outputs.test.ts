import { expect, test } from 'vitest';
import { checkTable } from '../../src/cli/output/check-table.js';
import { UserError } from '../../src/errors.js';
import { parseConfig } from '../../src/config/config.js';
import { planFor } from '../../src/setup/plan-for-config.js';
import { errorsOf, least } from '../config/errors.js';
import { fencesOf, pages } from './pages.js';

/** Checks that the program prints the output in the documentation: each code block without a language. */

const outputs = pages.flatMap(fencesOf).filter(({ language }) => language === '');

/** Beginnings of blocks that are checked elsewhere or not at all, and why. */
const elsewhere: Readonly<Record<string, string>> = {
  'Epoch 1/3': 'stories.test.ts prints it',
  '$ bbits evaluate': 'stories.test.ts prints it',
  'resnet20 for': 'needs weights that are not kept; test/cli/inspect-run prints such a table',
  'kernel  ': 'needs a compiler and minutes; test/bench/profile prints its rows',
};

const texts: Readonly<Record<string, () => string>> = {
  'my.yaml': () => {
    const bad = `${least}training:\n  epochs:  "3"\noptimizers:\n\n  weigths: {}\n`;
    return errorsOf(bad, 'mu=-1').join('\n').replaceAll('c.yaml', 'my.yaml');
  },
  'own.yaml': () => {
    const { model } = parseConfig(
      `dataset: mnist
model:
  layers:
    - { type: convolution, name: c1, filters: 6, kernel: 3 }
    - { type: dropout, rate: 0.5 }
    - { type: convolution, name: c2, filters: 8, kernel: 3, groups: 4 }
    - { type: dropout, rate: 0.5 }
    - { type: dense, name: fc, units: 10 }
`,
      'own.yaml',
    );
    try {
      planFor(model, { name: 'mnist', classes: 10, imageShape: [28, 28, 1] });
    } catch (error) {
      if (error instanceof UserError) return error.message;
      throw error;
    }
    return '';
  },
  'The file in onnxruntime': () => {
    const tie = (layer: string, image: number) =>
      ({ why: 'a tie of a quantizer', layer, integers: 1, farthest: 5.7e-6, image }) as const;
    return checkTable(
      {
        onnxruntime: '1.30.0',
        dataset: 'cifar10',
        images: 10_000,
        evaluatedAccuracyPercent: 82,
        asWritten: { accuracyPercent: 81.95, otherClass: 8, isAsAccurate: true },
        explained: [
          ...['conv1', 'stage1-3', 'stage2-2', 'stage2-3', 'stage2-3', 'stage2-3'].map(tie),
          { why: 'a tie in the evaluation', image: 6 },
          { why: 'a tie in the evaluation', image: 7 },
        ],
        level: 'default',
        usual: {
          ...{ accuracyPercent: 81.98, otherClass: 18, isAsAccurate: true },
          ...{ oneImageMs: 10.1, batchMs: 1344 },
        },
        exactProducts: undefined,
        fullPrecision: { oneImageMs: 0.618, batchMs: 1158 },
        batch: 128,
        relativeBopsPercent: 2.43,
        gbops: 1.01,
      },
      80,
    );
  },
};

const parts = outputs.flatMap((fence) => {
  const { page, line, text } = fence;
  // An export prints its sizes, which test/cli/export checks, then the table of its check.
  const [, ofCheck] = text.split(/\n\n(?=The file in)/);
  return [[`${page}:${line}`, ofCheck ?? text] as const];
});

test.each(parts)('%s', (_, text) => {
  const starts = (begin: string) => text.startsWith(begin);
  if (Object.keys(elsewhere).some(starts)) return;
  const begin = Object.keys(texts).find(starts);
  expect(
    begin,
    'A new block of output: make it in this test, or say where it is checked.',
  ).toBeDefined();
  expect(texts[begin ?? '']?.().trim()).toBe(text.trim());
});
