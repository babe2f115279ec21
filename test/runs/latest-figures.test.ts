import { join } from 'node:path';
import { expect, test } from 'vitest';
import { latestFigures } from '../../src/runs/latest-figures.js';
import { summarizeRun } from '../../src/runs/run-summary.js';
import { writeFakePoint } from '../helpers/fake-sweep.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

async function summaryOf(epochs: number, status: 'finished' | 'interrupted' = 'finished') {
  const folder = join(await temporaryFolder(), 'run');
  await writeFakePoint(folder, { mu: 0.1, seed: 1, epochs, status: { status } });
  return summarizeRun(folder);
}

test('a finished run has come to its result', async () => {
  const { result, epochs } = await summaryOf(3);
  expect(latestFigures({ result, epochs })).toBe(result);
  // Its epochs need not be read.
  expect(latestFigures({ result, epochs: [] })).toBe(result);
});

test('one that was extended since, or has none, to its last epoch', async () => {
  const { result } = await summaryOf(3);
  const { epochs } = await summaryOf(8, 'interrupted');
  expect(epochs).toHaveLength(4);
  const { testAccuracyPercent, relativeBopsPercent } = epochs[3] ?? {};
  const expected = { epochs: 4, testAccuracyPercent, relativeBopsPercent };
  expect(latestFigures({ result, epochs })).toMatchObject(expected);
  expect(latestFigures({ result: undefined, epochs })).toMatchObject(expected);
});

test('epochs are told by the last one’s number, whatever lines are left out', async () => {
  const { epochs } = await summaryOf(8, 'interrupted');
  expect(latestFigures({ result: undefined, epochs: epochs.slice(2) })?.epochs).toBe(4);
  expect(latestFigures({ result: undefined, epochs: [] })).toBeUndefined();
});
