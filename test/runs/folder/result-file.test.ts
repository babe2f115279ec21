import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resultFile } from '../../../src/runs/folder/result-file.js';
import { anyResult } from '../../helpers/any-run-files.js';

const [result] = fc.sample(anyResult, { numRuns: 1, seed: 1 });
if (result === undefined) throw new Error('no result');
const decode = (json: object) => resultFile.decode(JSON.stringify(json)).data;

test('a share of 0 / 0, written as null by earlier versions, is read as 0', () => {
  const layers = result.layers.map((layer) => ({ ...layer, bops: 0, shareOfBopsPercent: NaN }));
  const text = resultFile.encode({ ...result, layers });
  expect(text).toContain('"shareOfBopsPercent": null');
  const shares = resultFile.decode(text).data?.layers.map((layer) => layer.shareOfBopsPercent);
  expect(shares).toEqual(layers.map(() => 0));
});

test('a field that earlier versions did not write has a default', () => {
  const { sums, ...others } = result;
  expect(sums).toBeInstanceOf(Array);
  expect(decode(others)?.sums).toEqual([]);
});

test('an unknown loss is read as NaN', () => {
  const { loss, ...others } = result;
  expect(loss).not.toBeNaN();
  expect(decode(others)?.loss).toBeNaN();
  expect(decode({ ...result, testCrossEntropy: Infinity })?.testCrossEntropy).toBeNaN();
});

test.each([
  ['testAccuracyPercent', 100.5],
  ['testAccuracyPercent', null],
  ['relativeBopsPercent', -1],
  ['gbops', 'many'],
  ['epochs', 0],
  ['layers', []],
  ['format', 2],
])('a number that reports need must be valid: %s %j', (key, value) => {
  expect(decode({ ...result, [key]: value })).toBeUndefined();
});

test('a layer cannot keep more channels than it has', () => {
  const [layer] = result.layers;
  expect(
    decode({ ...result, layers: [{ ...layer, channels: 2, keptChannels: 3 }] }),
  ).toBeUndefined();
  expect(decode({ ...result, layers: [{ ...layer, channels: 3, keptChannels: 3 }] })).toBeDefined();
});
