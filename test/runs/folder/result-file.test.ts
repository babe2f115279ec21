import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resultFile } from '../../../src/runs/folder/result-file.js';
import { anyResult } from '../../helpers/any-run-files.js';

const [result] = fc.sample(anyResult, { numRuns: 1, seed: 1 });
if (result === undefined) throw new Error('no result');
const decode = (json: object) => resultFile.decode(JSON.stringify(json)).data;

test('earlier versions divided 0 by 0 where every channel is dropped, and wrote null', () => {
  const layers = result.layers.map((layer) => ({ ...layer, bops: 0, shareOfBopsPercent: NaN }));
  const text = resultFile.encode({ ...result, layers });
  expect(text).toContain('"shareOfBopsPercent": null');
  const shares = resultFile.decode(text).data?.layers.map((layer) => layer.shareOfBopsPercent);
  expect(shares).toEqual(layers.map(() => 0));
});

test('what earlier versions did not write is told by its default', () => {
  const { sums, ...others } = result;
  expect(sums).toBeInstanceOf(Array);
  expect(decode(others)?.sums).toEqual([]);
});

test('a number for people that is not known keeps nothing from being read', () => {
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
])('what reports are made of has to be right: %s %j', (key, value) => {
  expect(decode({ ...result, [key]: value })).toBeUndefined();
});

test('no layer keeps more channels than it has', () => {
  const [layer] = result.layers;
  expect(
    decode({ ...result, layers: [{ ...layer, channels: 2, keptChannels: 3 }] }),
  ).toBeUndefined();
  expect(decode({ ...result, layers: [{ ...layer, channels: 3, keptChannels: 3 }] })).toBeDefined();
});
