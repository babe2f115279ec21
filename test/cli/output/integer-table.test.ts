import { expect, test } from 'vitest';
import { integerComplaint, integerTable } from '../../../src/cli/output/integer-table.js';
import type { IntegerEvaluation } from '../../../src/runs/integers/evaluate-integers.js';

const evaluation: IntegerEvaluation = {
  run: 'runs/one',
  split: 'test',
  images: 500,
  accuracyPercent: 80.4,
  evaluatedAccuracyPercent: 80.2,
  explained: [
    {
      ...{ image: 87, evaluatedClass: 6, integerClass: 3 },
      ...{ why: 'a tie of a quantizer', layer: 'conv1', integers: 1, farthest: 5.7e-6 },
    },
    { image: 90, evaluatedClass: 1, integerClass: 0, why: 'a tie of logits' },
    { image: 99, evaluatedClass: 1, integerClass: 0, why: 'a tie in the evaluation' },
  ],
  accumulators: [
    { name: 'conv1', products: { weightBits: 8, inputBits: 8, bits: 43 }, bits: 59 },
    { name: 'block', bits: 25 },
  ],
};

test('an evaluation in integers lists differently classified images, and the bits of sums', () => {
  const table = integerTable(evaluation, 200);
  expect(table).toContain(
    '80.40 % accuracy, 80.20 % in floats, 3 images classified differently\n' +
      'Image 87: class 3, in floats 6: 1 value of conv1 rounded to the other side of a\n' +
      'tie, at most 0.0000057 of a step from it\n' +
      'Image 90: class 0, in floats 1: the logits of both classes are equal, up to\n' +
      'rounding\n' +
      'Image 99: class 0, in floats 1: a value at a tie is rounded to the other side\n' +
      'when the evaluation runs as a graph\n',
  );
  expect(table).toMatch(/^conv1 +8 bits +8 bits +43 bits +59 bits$/m);
  expect(table).toMatch(/^block +25 bits$/m);
  expect(table.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(integerComplaint(evaluation)).toBeUndefined();
});

test('a difference that no tie explains is reported as a bug, with the image and the layer', () => {
  const unexplained: IntegerEvaluation = {
    ...evaluation,
    explained: [
      {
        ...{ image: 4, evaluatedClass: 6, integerClass: 3 },
        ...{ why: 'unexplained', found: 'conv1 has integers that differ by more than a step' },
      },
    ],
  };
  expect(integerComplaint(unexplained)).toMatch(
    /^runs\/one: expected every image .* test image 4: conv1 has integers that differ by more/,
  );
});
