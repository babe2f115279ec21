import { expect, test } from 'vitest';
import { checkTable, complaint } from '../../../src/cli/output/check-table.js';
import type { ExportCheck } from '../../../src/runs/onnx-check/check-export.js';

const fine: ExportCheck = {
  onnxruntime: '1.30.0',
  dataset: 'mnist',
  images: 10_000,
  evaluatedAccuracyPercent: 98.98,
  asWritten: { accuracyPercent: 98.97, otherClass: 2, isAsAccurate: true },
  explained: [
    { why: 'a tie of a quantizer', layer: 'conv2', integers: 1, farthest: 2.1e-6, image: 7 },
    { why: 'a tie of a quantizer', layer: 'fc1', integers: 3, farthest: 8.7e-6, image: 9 },
    { why: 'a tie of logits', image: 12 },
  ],
  level: 'default',
  usual: {
    ...{ accuracyPercent: 98.95, otherClass: 51, isAsAccurate: true },
    ...{ oneImageMs: 0.0871, batchMs: 27.04 },
  },
  exactProducts: undefined,
  fullPrecision: { oneImageMs: 0.0846, batchMs: 29.7 },
  batch: 128,
  relativeBopsPercent: 0.394,
  gbops: 0.0172,
};

test('a check is shown as a table with reasons, in 80 columns', () => {
  expect(checkTable(fine, Infinity))
    .toBe(`The file in onnxruntime 1.30.0, 10000 test images of mnist
Session              Accuracy  Other class    1 image  128 images
bbits evaluate        98.98 %
the file as written   98.97 %            2
the file, default     98.95 %           51  0.0871 ms     27.0 ms
in full precision                           0.0846 ms     29.7 ms

Its bit operations are 0.394 % (17.2 M) of those in full precision with all
channels.
As written, 2 images are classified differently: a value at a tie, at most
0.0000087 of a step from it, is rounded to the other side (conv2, fc1).
As written, 1 image is classified differently: the logits of both classes are
equal, up to the rounding of 32-bit floats.
A default session rounds the inputs of dense layers to 8 bits if their weights
have 2 to 4 bits (unless session.qdq_matmulnbits_accuracy_level is 1), and adds
in a different order: docs/export.md.`);
  expect(complaint(fine)).toBeUndefined();
});

test('the table for opset 25 shows the level at which the file loads', () => {
  const basic: ExportCheck = { ...fine, level: 'basic' };
  const table = checkTable(basic, Infinity);
  expect(table).toMatch(/^the file, basic +98\.95 % +51 +0\.0871 ms +27\.0 ms$/m);
  expect(table).not.toContain('default');
  const usual = { ...fine.usual, isAsAccurate: false };
  expect(complaint({ ...basic, usual })).toContain('in a session at level basic, found 98.95 %');
});

test('a narrow terminal shows the table as lines of names and values', () => {
  const lines = checkTable(fine, 40).split('\n');
  expect(lines.filter((line) => line.length > 40)).toEqual([]);
});

test('a difference that no tie explains is reported as a bug, with its position', () => {
  const found = 'fc1 has integers that differ at 0.31 of a step from a tie';
  const explained = [...fine.explained, { why: 'unexplained', found, image: 20 } as const];
  expect(complaint({ ...fine, explained })).toContain(
    `found a different class for test image 20: ${found}. This is a bug in bbits:`,
  );
});

test('a less accurate default session is reported, with the setting that helps', () => {
  const usual = { ...fine.usual, accuracyPercent: 90.1, isAsAccurate: false };
  const exact = { accuracyPercent: 98.9, otherClass: 40, isAsAccurate: true };
  const saturated = { ...fine, usual, exactProducts: exact };
  expect(complaint(saturated)).toBe(
    'expected 98.98 % accuracy, to within 0.1 points, in a default session, found 90.10 %. Use sessions with ' +
      'session.qdq_matmulnbits_accuracy_level and session.x64quantprecision set to 1.',
  );
  expect(checkTable(saturated, 80)).toMatch(/^with exact products +98.90 % +40$/m);
  const rounded = { ...saturated, exactProducts: { ...exact, isAsAccurate: false } };
  expect(complaint(rounded)).toContain('Use sessions with session.disable_quant_qdq set to 1.');
});
